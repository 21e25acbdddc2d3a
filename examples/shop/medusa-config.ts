import { defineConfig, loadEnv } from "@medusajs/framework/utils";

loadEnv(process.env.NODE_ENV || "development", process.cwd());

module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    // Undefined means the embedded PostgreSQL.
    databaseUrl: process.env.DATABASE_URL,
    http: {
      storeCors: process.env.STORE_CORS || "http://localhost:8000",
      adminCors: process.env.ADMIN_CORS || "http://localhost:9000",
      authCors: process.env.AUTH_CORS || "http://localhost:9000",
      jwtSecret: process.env.JWT_SECRET || "supersecret",
      cookieSecret: process.env.COOKIE_SECRET || "supersecret",
    },
  },
  modules: [
    { resolve: "./src/modules/review" },
    { resolve: "./src/modules/brand" },
    // Another system, asked over HTTP; without its address, only queries for content fail.
    { resolve: "./src/modules/cms", options: { url: process.env.CMS_URL, timeout: Number(process.env.CMS_TIMEOUT || 2000) } },
    {
      resolve: "./src/modules/erp",
      options: {
        url: process.env.ERP_URL,
        webhookSecret: process.env.ERP_WEBHOOK_SECRET,
        timeout: Number(process.env.ERP_TIMEOUT || 5000),
      },
    },
    {
      resolve: "@medusajs/medusa/notification",
      options: {
        providers: [{ resolve: "@medusajs/medusa/notification-local", id: "local", options: { channels: ["feed", "email"] } }],
      },
    },
  ],
});
