#!/usr/bin/env node
"use strict";

// The app is closed when a command has ended, but a script may have left timers or sockets behind.
void require("../dist/index.js")
  .run(process.argv.slice(2))
  .then((code) => process.exit(code));
