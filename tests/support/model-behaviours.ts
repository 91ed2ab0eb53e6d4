import type { ChatCall, Reply } from './openai-server.ts'

/** Ways a model may behave; each reads what it was sent, as a model does. */

export interface Seen {
  id: string
  province: string
  quote: string
}

/** The passages of a compose or repair call, as the prompt lists them. */
export function passagesOf({ text }: ChatCall): Seen[] {
  const block = /Passages:\n([\s\S]*?)\n\nQuestion:/.exec(text)?.[1] ?? ''
  return block.split('\n').flatMap((line) => {
    const match = /^\[(p\d+)\] \((.*?); .*?\) (.*)$/.exec(line)
    if (!match) return []
    const [, id = '', label = '', quote = ''] = match
    return [{ id, province: /tỉnh ([\p{Lu}][\p{L}]*(?: [\p{Lu}][\p{L}]*)*)/u.exec(label)?.[1] ?? '', quote }]
  })
}

export const sentences = (...list: [string, string[]][]): Reply => ({
  content: { sentences: list.map(([text, passages]) => ({ text, passages })) },
})

/** Says each passage in its own words, names the province where there are two. */
export function good(call: ChatCall): Reply {
  const seen = passagesOf(call)
  if (seen.length === 0) return { content: { question: 'Tỉnh hỗ trợ những gì cho doanh nghiệp?' } }
  const several = new Set(seen.map(({ province }) => province)).size > 1
  return sentences(
    ...(several ? firstOfEach(seen) : seen.slice(0, 3)).map(({ id, province, quote }): [string, string[]] => {
      const words = quote.replace(/^[-–•\d.)\s…]+(?=\p{L})/u, '').replace(/[;:,.…\s]+$/u, '')
      return [several ? `Tỉnh ${province}: ${words}.` : `${words}.`, [id]]
    }),
  )
}

function firstOfEach(seen: readonly Seen[]): Seen[] {
  return seen.filter(({ province }, i) => seen.findIndex((other) => other.province === province) === i)
}

/** Says what it was given and an amount of money nobody gave it, in many writings. */
export function inventing(call: ChatCall): Reply {
  const seen = passagesOf(call)
  const [first] = seen
  const amounts = [
    '500 triệu đồng',
    'năm trăm triệu đồng',
    '50% chi phí',
    '999 doanh nghiệp',
    '12/12/2031',
    '2-500 tỷ',
  ]
  const amount = amounts[call.text.length % amounts.length] ?? ''
  if (!first) return { content: { question: `Có phải ${amount} không?` } }
  const words = first.quote.replace(/[;:,.…\s]+$/u, '')
  return sentences([`${words}.`, ['p1']], [`Mỗi doanh nghiệp được hỗ trợ ${amount}.`, ['p1']])
}
