import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Action, Citation, Content } from '../message.ts'
import { newId } from './person.ts'
import type { Say } from './texts.ts'
import type { Entry } from './transcript.ts'

/**
 * One entry of the conversation as HTML, the only place where it becomes HTML: the page holds it and the stream sends
 * it. Everything people, plans or models wrote is escaped by the template.
 */

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Look {
  say: Say
  /** Path of the page, with its query, so that forms without script come back to it. */
  back: string
}

/** @param labels what a button code was called when it was pressed */
export function renderEntry(entry: Entry, look: Look, labels: ReadonlyMap<string, string>): Html {
  return entry.from === 'person' ? person(entry, look, labels) : reply(entry, look)
}

function person(
  { id, at, content }: Extract<Entry, { from: 'person' }>,
  { say }: Look,
  labels: ReadonlyMap<string, string>,
): Html {
  const text = said(content, say, labels)
  if (text === null) return html``
  return html`<li class="entry mine" data-id="${id}">
<div class="bubble"><span class="hidden">${say('you')}: </span>${paragraphs(text)}</div>
${moment(at)}</li>`
}

function said(content: Content, say: Say, labels: ReadonlyMap<string, string>): string | null {
  switch (content.kind) {
    case 'text':
      return labels.get(content.text) ?? content.text
    case 'press':
      return labels.get(content.send) ?? say('pressed')
    case 'start':
      return say('begin')
    case 'contact':
      return say('sentContact')
    case 'media':
      return content.caption ?? say(content.media === 'voice' ? 'sentVoice' : 'sentMedia')
    case 'left':
    case 'returned':
    case 'withdrawn':
    case 'officer_wrote':
      return null
  }
}

function reply(entry: Exclude<Entry, { from: 'person' }>, look: Look): Html {
  const { id, at, from, message, file } = entry
  const { say } = look
  const rates = message.actions.filter(({ send }) => send.startsWith('#rate:'))
  const others = message.actions.filter(({ send }) => !send.startsWith('#rate:'))
  return html`<li class="entry ${from}" data-id="${id}" ${message.ask === 'contact' ? raw('data-ask="contact"') : ''}>
<span class="face" aria-hidden="true"></span>
<div class="said"><p class="who">${say(from)}</p>
<div class="bubble">${paragraphs(message.text)}
${file ? html`<p><a class="file" href="/chat/file/${encodeURIComponent(id)}" download="${file.name}">${say('file')}: ${file.name}</a></p>` : ''}
${message.citations.length > 0 ? sources(message.citations, say) : ''}</div>
${others.length > 0 ? actionForm(others, 'actions', look) : ''}
${rates.length > 0 ? html`<div class="rating"><span>${say('useful')}</span>${actionForm(rates, 'rates', look)}</div>` : ''}
${moment(at)}</div></li>`
}

function sources(citations: readonly Citation[], say: Say): Html {
  const count = citations.length > 1 ? ` (${citations.length})` : ''
  return html`<details class="sources"><summary>${say('sources')}${count}</summary>
${citations.map(
  ({ label, section, quote }) =>
    html`<figure><figcaption><b>${label}</b><br>${section}</figcaption><blockquote>${paragraphs(quote)}</blockquote></figure>`,
)}</details>`
}

/** Works as a plain form; the script sends it without a new page. The id makes a second press of the same no second message. */
export function actionForm(actions: readonly Action[], kind: string, { back }: Look): Html {
  return html`<form class="${kind}" method="post" action="/chat/send" data-press>
<input type="hidden" name="back" value="${back}"><input type="hidden" name="id" value="${newId()}">
${actions.map(({ label, send }) => html`<button name="send" value="${send}">${label}</button>`)}</form>`
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  hour: '2-digit',
  minute: '2-digit',
  day: '2-digit',
  month: '2-digit',
})

/** "08:56, 22/11" in Viet Nam's time, also for people who are elsewhere: offices keep that time. */
function moment(at: Date): Html {
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]))
  const shown = `${part['hour']}:${part['minute']}, ${part['day']}/${part['month']}`
  return html`<time datetime="${at.toISOString()}">${shown}</time>`
}

/** Blank lines part paragraphs, lines that begin with a bullet or dash become a list, other line ends are kept. */
function paragraphs(text: string): Html {
  const blocks = text
    .trim()
    .split(/\n\s*\n/)
    .flatMap((block) => parts(block.split('\n')))
  return html`${blocks.map(({ list, lines }) =>
    list
      ? html`<ul>${lines.map((line) => html`<li>${line.replace(BULLET, '')}</li>`)}</ul>`
      : html`<p>${lines.map((line, n) => (n === 0 ? line : html`<br>${line}`))}</p>`,
  )}`
}

const BULLET = /^\s*[•\-–*]\s+/

function parts(lines: readonly string[]): { list: boolean; lines: string[] }[] {
  const result: { list: boolean; lines: string[] }[] = []
  for (const line of lines) {
    const list = BULLET.test(line)
    const last = result.at(-1)
    if (last?.list === list) last.lines.push(line)
    else result.push({ list, lines: [line] })
  }
  return result
}
