import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { parse } from 'yaml'
import { z } from 'zod'

/** One prompt file: YAML front matter (name, version, inputs), then a `## system` and a `## user` part. */
export interface Prompt {
  name: string
  version: number
  inputs: readonly string[]
  /** First 12 hex digits of the file's SHA-256, stored with every answer it had a part in. */
  hash: string
  template: ChatPromptTemplate
}

export class PromptError extends Error {
  override name = 'PromptError'
}

const Front = z.strictObject({
  name: z.string().regex(/^[a-z-]+$/),
  version: z.number().int().positive(),
  inputs: z.array(z.string().regex(/^[a-z_]+$/)).min(1),
})

/**
 * Reads every `*.md` of the folder; called at start, so a broken prompt ends the start and not a conversation.
 * @throws PromptError naming the file and what is wrong with it
 */
export function loadPrompts(folder: string): Map<string, Prompt> {
  const prompts = new Map<string, Prompt>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')) {
    const prompt = parsePrompt(file, readFileSync(join(folder, file), 'utf8'))
    prompts.set(prompt.name, prompt)
  }
  return prompts
}

function parsePrompt(file: string, text: string): Prompt {
  const parts = /^---\n([\s\S]*?)\n---\n+## system\n([\s\S]*?)\n## user\n([\s\S]*)$/.exec(text)
  if (!parts)
    throw new PromptError(
      `prompts/${file}: front matter, "## system" and "## user" are needed, in this order`,
    )
  const front = Front.safeParse(parse(parts[1] ?? ''))
  if (!front.success)
    throw new PromptError(`prompts/${file}: ${z.prettifyError(front.error).replaceAll('\n', ' ')}`)
  const template = ChatPromptTemplate.fromMessages([
    ['system', (parts[2] ?? '').trim()],
    ['human', (parts[3] ?? '').trim()],
  ])
  const used = [...template.inputVariables].sort().join(', ')
  const declared = [...front.data.inputs].sort().join(', ')
  if (used !== declared)
    throw new PromptError(`prompts/${file}: declares the inputs ${declared}, but uses ${used}`)
  return { ...front.data, hash: createHash('sha256').update(text).digest('hex').slice(0, 12), template }
}
