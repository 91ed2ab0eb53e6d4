import { type Api, GrammyError } from 'grammy'
import { codeOf } from './refusals.ts'

/** Fetches what a person sent. The file's address holds the bot token, so it never leaves this function. */

export interface Downloaded {
  bytes: Uint8Array
  /** As Telegram's file server names it; often application/octet-stream. */
  mediaType: string
  /** Last part of Telegram's path: "file_12.oga". */
  name: string
}

/** `reason` tells what to say to the person: too long, gone, or try again later. */
class DownloadRefused extends Error {
  override name = 'DownloadRefused'
  readonly reason: 'too_big' | 'gone' | 'unreachable'
  constructor(reason: DownloadRefused['reason'], detail: string) {
    super(`${reason}: ${detail}`)
    this.reason = reason
  }
}

const TIMEOUT_MS = 30_000

export function downloader(api: Api, apiRoot: string, token: string) {
  return async (
    reference: string,
    { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal },
  ): Promise<Downloaded> => {
    const file = await api.getFile(reference).catch((error: unknown) => {
      if (!(error instanceof GrammyError)) throw new DownloadRefused('unreachable', codeOf(error))
      const tooBig = /file is too big/i.test(error.description)
      throw new DownloadRefused(tooBig ? 'too_big' : 'gone', `${error.error_code} ${error.description}`)
    })
    const path = file.file_path
    if (path === undefined) throw new DownloadRefused('gone', 'no path')
    if ((file.file_size ?? 0) > maxBytes) throw new DownloadRefused('too_big', `${file.file_size} bytes`)
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const response = await fetch(`${apiRoot}/file/bot${token}/${path}`, {
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: 'error',
      })
      if (!response.ok || !response.body) throw new DownloadRefused('gone', `status ${response.status}`)
      return {
        bytes: await readAtMost(response.body, maxBytes),
        mediaType: response.headers.get('content-type') ?? 'application/octet-stream',
        name: path.slice(path.lastIndexOf('/') + 1),
      }
    } catch (error) {
      if (error instanceof DownloadRefused) throw error
      throw new DownloadRefused('unreachable', codeOf(error))
    }
  }
}

/** The size a server announces is not proof; the bytes are counted. */
async function readAtMost(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxBytes) throw new DownloadRefused('too_big', `more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}
