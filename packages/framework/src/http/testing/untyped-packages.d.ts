// What the tests use of published middlewares that bring no types of their own.

declare module "cors" {
  import type { RequestHandler } from "express";
  export default function cors(options?: { origin?: string | string[]; credentials?: boolean; exposedHeaders?: string[] }): RequestHandler;
}

declare module "compression" {
  import type { RequestHandler } from "express";
  export default function compression(options?: { threshold?: number | string }): RequestHandler;
}

declare module "express-session" {
  import type { RequestHandler } from "express";
  export default function session(options: { secret: string; resave: boolean; saveUninitialized: boolean; name?: string }): RequestHandler;
}

declare module "multer" {
  import type { RequestHandler } from "express";
  interface Multer {
    single(field: string): RequestHandler;
    array(field: string, most?: number): RequestHandler;
  }
  interface Options {
    storage?: object;
    limits?: { fileSize?: number };
  }
  const multer: ((options?: Options) => Multer) & { memoryStorage(): object };
  export default multer;
}

declare module "passport" {
  import type { RequestHandler } from "express";
  type Done = (error: unknown, value?: unknown) => void;
  export class Strategy {
    name?: string;
    success(user: object, info?: object): void;
    fail(challenge?: string | number, status?: number): void;
    redirect(url: string): void;
    error(error: Error): void;
    authenticate(req: unknown): void;
  }
  export class Passport {
    use(name: string, strategy: Strategy): this;
    initialize(): RequestHandler;
    session(): RequestHandler;
    authenticate(name: string, options?: { session?: boolean; failureRedirect?: string }): RequestHandler;
    serializeUser(write: (user: { id: string }, done: Done) => void): void;
    deserializeUser(read: (id: string, done: Done) => void): void;
  }
}
