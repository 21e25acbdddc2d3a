import type { AppRequest, AppResponse } from "../types";

/** Answers a path that nothing serves, with the page that Express shows. */
export function answerNotFound(req: AppRequest, res: AppResponse): void {
  if (res.headersSent) return;
  const body = page(`Cannot ${req.method} ${encodeUrl(req.originalUrl.split("?", 1)[0] as string)}`);
  res.statusCode = 404;
  res.setHeader("Content-Security-Policy", "default-src 'none'");
  res.setHeader("X-Content-Type-Options", "nosniff");
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(body));
  // A body that is still under way is not waited for, but let run out, so that the connection can be used again.
  req.resume();
  res.end(req.method === "HEAD" ? undefined : body);
}

function page(message: string): string {
  const text = message.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;");
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>${text}</pre>\n</body>\n</html>\n`;
}

function encodeUrl(path: string): string {
  try {
    return encodeURI(decodeURI(path));
  } catch {
    return path;
  }
}
