import type { Container } from "@velella/kernel";
import type { RequestHandler } from "express";
import { expectTypeOf, test } from "vitest";
import { authenticate } from "./auth/authenticate";
import { defineMiddlewares } from "./middlewares/define-middlewares";
import type { AppRequest, AppResponse, AuthenticatedAppRequest, NextFunction, QueryConfig } from "./types";

declare const published: RequestHandler;

test("a request is typed by its body; params are strings", () => {
  type Body = { name: string };
  expectTypeOf<AppRequest["params"]>().toEqualTypeOf<Record<string, string>>();
  expectTypeOf<AppRequest<Body>["body"]>().toEqualTypeOf<Body>();
  expectTypeOf<AppRequest<Body>["validatedBody"]>().toEqualTypeOf<Body>();
  expectTypeOf<AppRequest<unknown, { q?: string }>["validatedQuery"]>().toEqualTypeOf<{ q?: string }>();
  expectTypeOf<AppRequest["scope"]>().toEqualTypeOf<Container>();
  expectTypeOf<AppRequest["queryConfig"]>().toEqualTypeOf<QueryConfig>();
  expectTypeOf<AuthenticatedAppRequest["auth_context"]["actor_id"]>().toEqualTypeOf<string>();
});

test("middlewares may be ours with a narrower request, published ones, or written in place", () => {
  const own = (req: AuthenticatedAppRequest<{ a: string }>, _res: AppResponse, next: NextFunction) => {
    req.validatedBody.a.trim();
    next();
  };
  defineMiddlewares({
    routes: [
      { matcher: "/a", middlewares: [own, published, authenticate("user", ["bearer", "session"])] },
      {
        matcher: /b/,
        method: "GET",
        middlewares: [(req, res, next) => (expectTypeOf(req).toEqualTypeOf<AppRequest>(), res.status(200), next())],
      },
      { matcher: "/c", methods: ["POST"], bodyParser: { sizeLimit: "1mb", preserveRawBody: true } },
      { matcher: "/d", bodyParser: false },
    ],
    errorHandler: (error, _req, res) => (expectTypeOf(error).toBeUnknown(), res.json({})),
  });
  defineMiddlewares([{ matcher: "/a" }]);
  // @ts-expect-error a matcher is text or a RegExp
  defineMiddlewares([{ matcher: 5 }]);
});
