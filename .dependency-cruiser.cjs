/** Who may import whom; ARCHITECTURE.md says why. */
const rooms =
  'channel|inbox|conversation|answer|knowledge|programme|registration|privacy|audit|outbox|staff|report|llm|queue|database|vietnamese|vault'
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'through-the-door',
      comment: "Nobody imports another folder's inside; only its index.ts (channel/message.ts is the shared message type).",
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: `^src/(${rooms})/.+`, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/channel/message\\.ts$', '^src/channel/[^/]+/index\\.ts$', '^src/vietnamese/'] },
    },
    { name: 'config-read-once', severity: 'error', from: { pathNot: '^src/(main|app/.*|cli/.*)\\.ts$|^tests/' }, to: { path: '^src/config\\.ts$' } },
    { name: 'nobody-imports-main', severity: 'error', from: { pathNot: '^tests/' }, to: { path: '^src/main\\.ts$' } },
    { name: 'grammy-only-in-telegram', severity: 'error', from: { path: '^src', pathNot: '^src/channel/telegram/' }, to: { path: 'node_modules/grammy' } },
    { name: 'model-only-in-llm', severity: 'error', from: { path: '^src', pathNot: '^src/llm/' }, to: { path: 'node_modules/(openai|@langchain/openai)' } },
    { name: 'zalo-only-in-zalo', severity: 'error', from: { path: '^src', pathNot: '^src/(channel/zalo/|main\\.ts)' }, to: { path: '^src/channel/zalo/(?!index)' } },
    { name: 'boss-only-in-queue', severity: 'error', from: { path: '^src', pathNot: '^src/queue/' }, to: { path: 'node_modules/pg-boss' } },
    {
      name: 'pure-language',
      severity: 'error',
      from: { path: '^src/vietnamese/' },
      to: { path: '^src/(?!vietnamese/)|^(node:)?(fs|net|http|https|crypto|child_process|timers)' },
    },
    { name: 'no-tests-in-src', severity: 'error', from: { path: '^src' }, to: { path: '^tests' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js'] },
  },
}
