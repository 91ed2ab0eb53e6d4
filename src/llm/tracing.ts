/**
 * LangChain sends every prompt and answer to a tracing service when the environment asks for it. Here nothing may leave
 * but what `model.ts` masks and counts, so these switches are taken out of the process, whoever set them.
 */
const SWITCHES = [
  'LANGSMITH_TRACING',
  'LANGSMITH_TRACING_V2',
  'LANGCHAIN_TRACING',
  'LANGCHAIN_TRACING_V2',
  'LANGCHAIN_VERBOSE',
  'LANGSMITH_API_KEY',
  'LANGCHAIN_API_KEY',
  'LANGSMITH_ENDPOINT',
  'LANGCHAIN_ENDPOINT',
  'LANGSMITH_RUNS_ENDPOINTS',
] as const

/** Once when this folder is loaded and again before a model is made; LangChain reads the switches at every call. */
export function forbidTracing(environment: Record<string, string | undefined> = process.env): void {
  for (const name of SWITCHES) delete environment[name]
}

forbidTracing()
