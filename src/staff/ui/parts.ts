import { html } from 'hono/html'
import { icon, type Markup } from './layout.ts'

/** The pieces pages are built of. Every value goes through `html`, which escapes it. */

export function pageHead(
  title: string,
  options: { lead?: string; actions?: Markup; back?: Link } = {},
): Markup {
  return html`${options.back ? html`<p class="back"><a href="${options.back.href}">← ${options.back.label}</a></p>` : ''}
<div class="page-head"><div><h1>${title}</h1>${options.lead ? html`<p class="lead">${options.lead}</p>` : ''}</div>${
    options.actions ? html`<div class="actions">${options.actions}</div>` : ''
  }</div>`
}

export interface Link {
  href: string
  label: string
}

export type Tone = 'plain' | 'info' | 'good' | 'warn' | 'bad'

export function badge(label: string, tone: Tone = 'plain'): Markup {
  return html`<span class="badge ${tone}">${label}</span>`
}

/** Says that there is nothing, and what to do about it. */
export function empty(title: string, hint: string | Markup = '', action: Markup | '' = ''): Markup {
  return html`<div class="empty">${icon('empty')}<p><strong>${title}</strong></p><p>${hint}</p>${action}</div>`
}

export interface Column<Row> {
  label: string
  cell: (row: Row) => Markup | string | number
  /** The cell that names the row; on a phone it is the card's title. */
  main?: boolean
  number?: boolean
  /** A box to tick the row. */
  pick?: boolean
}

/** A table that turns into cards on a phone. `caption` is read aloud, not shown. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  return html`<table class="list"><caption class="sr">${caption}</caption>
<thead><tr>${columns.map((column) =>
    column.label === ''
      ? html`<td></td>`
      : html`<th scope="col"${column.number ? html` class="number"` : ''}>${column.label}</th>`,
  )}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column) => cell(column, row))}</tr>`)}</tbody></table>`
}

function cell<Row>(column: Column<Row>, row: Row): Markup {
  const kind = [column.main ? 'main' : '', column.number ? 'number' : '', column.pick ? 'pick' : '']
    .filter(Boolean)
    .join(' ')
  return column.main
    ? html`<th scope="row" class="${kind}">${column.cell(row)}</th>`
    : html`<td class="${kind}" data-label="${column.label}">${column.cell(row)}</td>`
}

/** Label and value pairs; empty values are left out unless `keep`. */
export function facts(pairs: readonly (readonly [string, Markup | string | number | null])[]): Markup {
  const shown = pairs.filter(([, value]) => value !== null && value !== '')
  return html`<dl class="facts">${shown.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

export interface FieldOptions {
  value?: string
  type?: string
  hint?: string
  error?: string
  required?: boolean
  autocomplete?: string
  inputmode?: string
  maxlength?: number
  minlength?: number
  rows?: number
  autofocus?: boolean
  accept?: string
}

export function field(name: string, label: string, options: FieldOptions = {}): Markup {
  const id = `f-${name}`
  const described = [options.hint ? `${id}-hint` : '', options.error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ')
  const more = html`${options.required ? html` required` : ''}${options.maxlength ? html` maxlength="${options.maxlength}"` : ''}${
    options.minlength ? html` minlength="${options.minlength}"` : ''
  }${options.autocomplete ? html` autocomplete="${options.autocomplete}"` : ''}${
    options.inputmode ? html` inputmode="${options.inputmode}"` : ''
  }${options.autofocus ? html` autofocus` : ''}${options.accept ? html` accept="${options.accept}"` : ''}${
    described === '' ? '' : html` aria-describedby="${described}"`
  }${options.error ? html` aria-invalid="true"` : ''}`
  const control =
    options.rows === undefined
      ? html`<input id="${id}" name="${name}" type="${options.type ?? 'text'}" value="${options.value ?? ''}"${more}>`
      : html`<textarea id="${id}" name="${name}" rows="${options.rows}"${more}>
${options.value ?? ''}</textarea>`
  return html`<div class="field"><label for="${id}">${label}${
    options.required ? '' : html` <span class="optional">(không bắt buộc)</span>`
  }</label>${options.hint ? html`<p class="hint" id="${id}-hint">${options.hint}</p>` : ''}${
    options.error ? html`<p class="error" id="${id}-error">${options.error}</p>` : ''
  }${control}</div>`
}

export type Option = readonly [value: string, label: string]

export function select(
  name: string,
  label: string,
  options: readonly Option[],
  chosen = '',
  extra: { hint?: string; id?: string } = {},
): Markup {
  const id = extra.id ?? `f-${name}`
  return html`<div class="field"><label for="${id}">${label}</label>${
    extra.hint ? html`<p class="hint" id="${id}-hint">${extra.hint}</p>` : ''
  }<select id="${id}" name="${name}"${extra.hint ? html` aria-describedby="${id}-hint"` : ''}>${options.map(
    ([value, text]) =>
      value === chosen
        ? html`<option value="${value}" selected>${text}</option>`
        : html`<option value="${value}">${text}</option>`,
  )}</select></div>`
}

export function choices(
  name: string,
  legend: string,
  options: readonly Option[],
  chosen: readonly string[],
  type: 'radio' | 'checkbox' = 'radio',
): Markup {
  return html`<fieldset class="choices"><legend>${legend}</legend>${options.map(
    ([value, label], index) =>
      html`<div><input type="${type}" id="c-${name}-${index}" name="${name}" value="${value}"${
        chosen.includes(value) ? html` checked` : ''
      }><label for="c-${name}-${index}">${label}</label></div>`,
  )}</fieldset>`
}

export function button(
  label: string,
  kind: 'primary' | 'plain' | 'danger' | 'quiet' = 'primary',
  name?: Option,
): Markup {
  return name
    ? html`<button class="btn ${kind}" name="${name[0]}" value="${name[1]}">${label}</button>`
    : html`<button class="btn ${kind}">${label}</button>`
}

export function linkButton(
  href: string,
  label: string,
  kind: 'primary' | 'plain' | 'quiet' = 'plain',
): Markup {
  return html`<a class="btn ${kind}" href="${href}">${label}</a>`
}

export function notice(tone: Tone, title: string, body: Markup | string = ''): Markup {
  return html`<div class="notice ${tone}"><p><strong>${title}</strong></p>${body === '' ? '' : html`<div>${body}</div>`}</div>`
}

/** "Trước / Sau" under a list; the address carries the place. */
export function pager(newer: string | null, older: string | null, text: string): Markup {
  return html`<nav class="pager" aria-label="Trang"><span>${text}</span><span class="actions">${
    newer === null ? '' : html`<a class="btn plain" rel="prev" href="${newer}">← Trang đầu</a>`
  }${older === null ? '' : html`<a class="btn plain" rel="next" href="${older}">Trang sau →</a>`}</span></nav>`
}
