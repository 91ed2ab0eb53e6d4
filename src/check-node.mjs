// Runs before any TypeScript: a Node that is too old gets one line instead of a stack trace.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(`Node ${process.versions.node} is too old: nscl-assistant needs Node 24 (run "npm ci" first, or install Node 24 from nodejs.org).`)
  process.exit(1)
}
