import type { AuthenticateOptions, AuthType } from "./auth/authenticate";
import { authenticate } from "./auth/authenticate";
import { requirePublishableKey } from "./auth/publishable-key";
import { allowOrigins } from "./middlewares/cors";
import { builtInLayer } from "./routing/layer";
import type { Layer } from "./routing/layer";
import type { AppRequest, AppResponse, HttpConfig, NextFunction } from "./types";

/** What holds for all paths below a prefix. Of nested sections the longer prefix decides, point by point. */
export interface SectionPolicy {
  /** Such as `/admin`: that path and everything below it. */
  prefix: string;
  /** Which setting lists the origins that may call from a browser. A route opts out by `export const CORS = false`. */
  cors?: "storeCors" | "adminCors" | "authCors";
  /** Who may call. A route opts out by `export const AUTHENTICATE = false`. */
  authenticate?: { actorType: string | string[]; authType: AuthType | AuthType[]; options?: AuthenticateOptions };
  /** True when every request needs a publishable API key. */
  publishableKey?: boolean;
  /** Relations that `fields` may not ask for, unless a route allows them itself; "store" takes those of the config. */
  restrictedFields?: readonly string[] | "store";
}

/** The policies of all sections that a path lies in, merged. */
export function policyOf(path: string, sections: readonly SectionPolicy[]): Omit<SectionPolicy, "prefix"> {
  const lower = path.toLowerCase();
  const inside = sections.filter(({ prefix }) => lower === prefix.toLowerCase() || lower.startsWith(`${prefix.toLowerCase()}/`));
  inside.sort((a, b) => a.prefix.length - b.prefix.length);
  return Object.assign({}, ...inside) as SectionPolicy;
}

/**
 * The layers that enforce a policy: CORS first, so that a browser can read a refusal, then the publishable key,
 * then authentication.
 */
export function sectionLayers(
  policy: Omit<SectionPolicy, "prefix">,
  http: HttpConfig,
  optOuts: { cors?: boolean; authenticate?: boolean; publishableKey?: boolean },
): Layer[] {
  const layers: Layer[] = [];
  const origins = policy.cors ? http[policy.cors] : undefined;
  if (origins && !optOuts.cors) layers.push(builtInLayer(`cors(${policy.cors})`, allowOrigins(origins)));
  if (policy.publishableKey && !optOuts.publishableKey) layers.push(builtInLayer("requirePublishableKey", requirePublishableKey));
  if (policy.authenticate && !optOuts.authenticate) {
    const { actorType, authType, options } = policy.authenticate;
    const check = authenticate(actorType, authType, options);
    layers.push(builtInLayer(check.name, check));
  }
  const restricted = policy.restrictedFields === "store" ? http.restrictedFields?.store : policy.restrictedFields;
  if (restricted?.length) {
    layers.push(
      builtInLayer("restrictFields", (req: AppRequest, _res: AppResponse, next: NextFunction) => {
        req.restrictedFields = restricted;
        next();
      }),
    );
  }
  return layers;
}
