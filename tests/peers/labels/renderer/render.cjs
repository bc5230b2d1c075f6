// Renders printer jobs: a JSON object a line in, its picture as base64 PNG a line out.
// Loading takes longer than a dozen labels, so that one process serves a whole run of tests.
"use strict";

globalThis.crypto ??= require("node:crypto").webcrypto; // node 18 has it, but not there
const { createInterface } = require("node:readline");
const { ready } = require("zpl-renderer-js");

async function main() {
  const { api } = await ready;
  for await (const line of createInterface({ input: process.stdin })) {
    const { zpl, width, height } = JSON.parse(line);
    // at 8 dots a millimetre, so that the label's dots are the picture's
    process.stdout.write(`${await api.zplToBase64Async(zpl, width / 8, height / 8, 8)}\n`);
  }
}

main().then(() => process.exit(0)); // Go's runtime would keep the process alive
