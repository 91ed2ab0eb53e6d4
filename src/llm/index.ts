/** The one door to a language model. Everything personal is masked here, so no caller can forget to. */
export {
  type ChatRequest,
  createModel,
  type Model,
  type ModelOptions,
  type ModelResult,
  type NoAnswer,
} from './model.ts'
export { loadPrompts, type Prompt, PromptError } from './prompts.ts'
export { RedactionFailed, redact } from './redact.ts'
export { forgetCalls, forgetPerson, modelUsage, type UsageOfDay } from './store.ts'
