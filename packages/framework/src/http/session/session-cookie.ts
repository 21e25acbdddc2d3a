import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { SessionHost } from "./session";

/** The session id of the request's cookie, when its signature is right. */
export function readSessionId(req: IncomingMessage, host: SessionHost): string | undefined {
  const header = req.headers.cookie;
  if (!header || !header.includes(host.name)) return undefined;
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim() !== host.name) continue;
    const id = unsigned(decoded(part.slice(equals + 1).trim()), host.secret);
    if (id) return id;
  }
  return undefined;
}

/** The value of a `Set-Cookie` header that gives the client its session id. */
export function sessionCookie(id: string, host: SessionHost): string {
  const { cookie } = host;
  const maxAge = cookie.maxAge ?? host.ttl;
  const attributes = [
    `${host.name}=${encodeURIComponent(`s:${id}.${signature(id, host.secret)}`)}`,
    `Path=${cookie.path}`,
    `Max-Age=${Math.floor(maxAge / 1000)}`,
    `Expires=${new Date(Date.now() + maxAge).toUTCString()}`,
  ];
  if (cookie.domain) attributes.push(`Domain=${cookie.domain}`);
  if (cookie.httpOnly) attributes.push("HttpOnly");
  if (cookie.secure) attributes.push("Secure");
  const sameSite = cookie.sameSite === true ? "strict" : cookie.sameSite;
  if (sameSite) attributes.push(`SameSite=${sameSite[0]?.toUpperCase()}${sameSite.slice(1)}`);
  return attributes.join("; ");
}

function signature(id: string, secret: string): string {
  return createHmac("sha256", secret).update(id).digest("base64").replace(/=+$/, "");
}

function unsigned(value: string, secret: string): string | undefined {
  if (!value.startsWith("s:")) return undefined;
  const dot = value.lastIndexOf(".");
  const id = value.slice(2, dot);
  const given = Buffer.from(value.slice(dot + 1));
  const expected = Buffer.from(signature(id, secret));
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
