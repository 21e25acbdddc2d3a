const { defineConfig } = require("@velella/framework");

module.exports = defineConfig({
  projectConfig: { databaseUrl: process.env.DATABASE_URL, http: { jwtSecret: "benchmark", cookieSecret: "benchmark" } },
  modules: [{ resolve: "./src/modules/ledger" }],
});
