import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/**
 * Passwords as scrypt hashes in the header format of the scrypt file encryption (parameters, salt, a checksum, and an
 * HMAC keyed by the derived key), in base64: 96 bytes, which say how they were made.
 */
const logN = 15;
const r = 8;
const p = 1;
const length = 96;

/** The hash of a password, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const header = Buffer.alloc(length);
  header.write("scrypt", 0, "ascii");
  header.writeUInt8(logN, 7);
  header.writeUInt32BE(r, 8);
  header.writeUInt32BE(p, 12);
  randomBytes(32).copy(header, 16);
  createHash("sha256").update(header.subarray(0, 48)).digest().copy(header, 48, 0, 16);
  const key = await derive(password, header.subarray(16, 48), logN, r, p);
  createHmac("sha256", key.subarray(32)).update(header.subarray(0, 64)).digest().copy(header, 64);
  return header.toString("base64");
}

/** Whether a password is the one that was hashed; false for anything that is no such hash. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const header = Buffer.from(hash, "base64");
  if (header.length !== length || header.toString("ascii", 0, 6) !== "scrypt") return false;
  const cost = { logN: header.readUInt8(7), r: header.readUInt32BE(8), p: header.readUInt32BE(12) };
  // Beyond these a stored value could make the server spend minutes or gigabytes.
  if (cost.logN < 1 || cost.logN > 20 || cost.r < 1 || cost.r > 32 || cost.p < 1 || cost.p > 16) return false;
  const key = await derive(password, header.subarray(16, 48), cost.logN, cost.r, cost.p);
  const expected = createHmac("sha256", key.subarray(32)).update(header.subarray(0, 64)).digest();
  return timingSafeEqual(expected, header.subarray(64));
}

function derive(password: string, salt: Buffer, costLog: number, blockSize: number, parallelization: number): Promise<Buffer> {
  const cost = 2 ** costLog;
  const maxmem = 256 * cost * blockSize * parallelization;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 64, { cost, blockSize, parallelization, maxmem }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
