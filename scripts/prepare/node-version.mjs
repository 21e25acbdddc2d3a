/** The oldest Node.js that everything here runs on; `engines` in package.json says the same. */
const oldest = [20, 19];

/** Ends the process with a message when Node.js is too old. Uses nothing that an old one lacks. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(`Velella needs Node.js ${oldest.join(".")} or later; this is ${process.versions.node}. See https://nodejs.org/en/download`);
  process.exit(1);
}
