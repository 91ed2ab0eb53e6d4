import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Action } from '../message.ts'
import type { Assets } from './assets.ts'
import { newId } from './person.ts'
import { actionForm, type Look, renderEntry } from './render.ts'
import { type Language, type Say, texts } from './texts.ts'
import type { Entry } from './transcript.ts'

/** The chat page. Complete without script: every button is a form. */

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** Whose assistant it is, from knowledge and configuration: no province is named in code. */
export interface About {
  /** "Sở Khoa học và Công nghệ tỉnh …", or how several departments are to be named together. */
  department: string
  /** Label of each plan in force, as citations show it. */
  plans: readonly string[]
  /** How to reach a person outside the chat; a line of text. */
  contact?: string | null
  starters?: readonly Action[]
}

export interface PageOptions {
  about: About
  /** Our own HTML for the head. */
  headHtml: string
  language: Language
  entries: readonly Entry[]
  /** Ask for what is older than the first entry shown. */
  olderHref: string | null
  embedded: boolean
  /** Payload of a deep link that has not been opened yet. */
  start: string | null
  notice: string | null
  /** A recording would be understood. */
  voice: boolean
  starters: readonly Action[]
  assets: Assets
  back: string
}

export function page(options: PageOptions): Html {
  const { about, headHtml, language, entries, olderHref, embedded, start, notice, starters, assets, back } =
    options
  const { voice } = options
  const say = texts(language)
  const look: Look = { say, back }
  const labels = labelsOf(entries, [...menuItems(say), ...starters])
  return html`<!doctype html>
<html lang="${language}" class="${embedded ? 'embedded' : ''}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="description" content="${say('machine')}: ${about.department}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#0b4a6f" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0c2230" media="(prefers-color-scheme: dark)">
<title>${say('title')} – ${about.department}</title>
<link rel="icon" href="${assets.href('mark.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.href('chat.css')}">
<script src="${assets.href('chat.js')}" defer></script>
${voice ? html`<script src="${assets.href('voice.js')}" defer></script>` : ''}
${raw(headHtml)}</head>
<body data-sending="${say('sending')}" data-not-sent="${say('notSent')}" data-retry="${say('retry')}" data-you="${say('you')}" data-last="${entries.findLast(({ from }) => from !== 'person')?.id ?? ''}">
<a class="skip" href="#text">${say('skip')}</a>
<header>
<img class="mark" src="${assets.href('mark.svg')}" alt="" width="40" height="40">
<div class="names"><h1>${say('title')}</h1><p><span class="machine">${say('machine')}</span> ${about.department}</p></div>
${menu(look, language, embedded)}
</header>
<main>
<div class="scroll" tabindex="-1">
${intro(about, look, entries.length === 0 && start !== null ? [] : starters)}
${olderHref === null ? '' : html`<p class="older"><a href="${olderHref}">${say('older')}</a></p>`}
<div role="log" aria-live="polite" aria-label="${say('log')}"><ol id="log">${entries.map((entry) => renderEntry(entry, look, labels))}</ol></div>
${start === null ? '' : startForm(start, look)}
<div id="typing" class="entry assistant" hidden><span class="face" aria-hidden="true"></span><div class="bubble dots"><span></span><span></span><span></span><span class="hidden" role="status">${say('typing')}</span></div></div>
<noscript><p class="older"><a href="${back}">${say('reload')}</a></p></noscript>
<div id="end"></div>
</div>
</main>
<footer>
<p id="notice" class="notice" role="alert" ${notice === null ? raw('hidden') : ''}>${notice ?? ''}</p>
<p id="offline" class="notice" role="status" hidden>${say('offline')}</p>
<form id="compose" method="post" action="/chat/send" autocomplete="off">
<input type="hidden" name="back" value="${back}"><input type="hidden" name="id" value="${newId()}">
<label class="hidden" for="text">${say('input')}</label>
<textarea id="text" name="text" rows="1" required placeholder="${say('placeholder')}" enterkeyhint="send"></textarea>
${voice ? recordButton(say) : ''}<button class="send" aria-label="${say('send')}"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M4 12h13M12 5.5 18.5 12 12 18.5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg><span>${say('send')}</span></button>
</form>
<p class="foot">${say('foot')}${about.contact ? html` ${about.contact}` : ''}</p>
</footer>
</body>
</html>`
}

/** Shown by the script where the browser can record. */
function recordButton(say: Say): Html {
  return html`<button type="button" id="record" class="record" hidden aria-pressed="false" aria-label="${say('record')}" data-start="${say('record')}" data-stop="${say('recordStop')}" data-sent="${say('sentVoice')}" data-refused="${say('noMicrophone')}" data-failed="${say('voiceNotSent')}"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M12 3.5a2.8 2.8 0 0 1 2.8 2.8v5a2.8 2.8 0 0 1-5.6 0v-5A2.8 2.8 0 0 1 12 3.5ZM6 11.3a6 6 0 0 0 12 0M12 17.3v3.2" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg><span aria-hidden="true"></span></button>`
}

function intro({ department, plans }: About, look: Look, starters: readonly Action[]): Html {
  const { say } = look
  return html`<section class="intro" aria-labelledby="hello">
<h2 id="hello">${say('hello')}</h2>
<p>${say('introA')}<strong>${say('introMachine')}</strong>${say('introOf')}${department}${say('introOfEnd')}</p>
${
  plans.length === 0
    ? ''
    : html`<p>${say('introPlans')}</p><ul class="plans">${plans.map((plan) => html`<li>${plan}</li>`)}</ul>`
}
<h3>${say('canTitle')}</h3>
<ul class="can"><li>${say('canAsk')}</li><li>${say('canSignup')}</li><li>${say('canOfficer')}</li></ul>
${starters.length === 0 ? '' : html`<h3>${say('starters')}</h3>${actionForm(starters, 'actions starters', look)}`}
</section>`
}

function menuItems(say: Say): Action[] {
  return [
    { label: say('own'), send: '#own' },
    { label: say('officerLink'), send: '#officer' },
    { label: say('help'), send: '#menu' },
    { label: say('myData'), send: '#data:view' },
    { label: say('erase'), send: '#data:erase' },
  ]
}

function menu(look: Look, language: Language, embedded: boolean): Html {
  const { say, back } = look
  const hidden = html`<input type="hidden" name="back" value="${back}"><input type="hidden" name="id" value="${newId()}">`
  return html`<details class="menu"><summary><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M4 7h16M4 12h16M4 17h16" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg><span class="hidden">${say('menu')}</span></summary>
<div class="sheet">${actionForm(menuItems(say), 'items', look)}
<form method="post" action="/chat/language" class="items">${hidden}<button name="language" value="${language === 'vi' ? 'en' : 'vi'}" lang="${language === 'vi' ? 'en' : 'vi'}">${say('other')}</button></form>
<details class="fresh"><summary>${say('fresh')}</summary><p>${say('freshHow')}</p>
<form method="post" action="/chat/new" class="items">${embedded ? html`<input type="hidden" name="embed" value="1">` : ''}<button class="danger">${say('freshDo')}</button></form></details>
</div></details>`
}

function startForm(payload: string, { say, back }: Look): Html {
  return html`<form id="start" class="actions" method="post" action="/chat/send">
<input type="hidden" name="back" value="${back}"><input type="hidden" name="id" value="start-${payload}"><input type="hidden" name="start" value="${payload}">
<button>${say('begin')}</button></form>`
}

/** A pressed button is shown by its label, which an earlier message or the page itself gave it. */
function labelsOf(entries: readonly Entry[], known: readonly Action[]): Map<string, string> {
  const labels = new Map<string, string>()
  for (const { label, send } of known) labels.set(send, label)
  for (const entry of entries) {
    if (entry.from === 'person') continue
    for (const { label, send } of entry.message.actions) labels.set(send, label)
  }
  return labels
}
