import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { assetUrl } from './assets.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export interface NavItem {
  href: string
  label: string
  icon: string
  /** Shown beside the label when above zero. */
  waiting?: number
  /** Among the four of the phone's bottom bar. */
  tab?: boolean
}

export interface Shell {
  title: string
  /** Href of the section the page belongs to. */
  active: string
  nav: readonly { heading: string; items: readonly NavItem[] }[]
  who: { name: string; role: string; provinces: string }
  flash: Markup | null
  signOut: Markup
  body: Markup
}

/** Icons are drawn by the stylesheet's sprite; they say nothing the label does not. */
export function icon(name: string): Markup {
  return html`<svg class="icon" aria-hidden="true" focusable="false"><use href="${assetUrl('icons.svg')}#${name}"></use></svg>`
}

function head(title: string): Markup {
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="theme-color" content="#0b4a46">
<title>${title} · NSCL</title>
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('console.css')}">
<script src="${assetUrl('console.js')}" defer></script>`
}

function navigation(shell: Shell): Markup {
  return html`<nav class="side" id="danh-muc" aria-label="Danh mục">
  <a class="side-close" href="#noi-dung">Đóng danh mục</a>
  ${shell.nav.map(
    ({ heading, items }) => html`<p class="side-heading">${heading}</p>
  <ul>${items.map((item) => html`<li>${navLink(item, shell.active)}</li>`)}</ul>`,
  )}
  <div class="side-who"><p><strong>${shell.who.name}</strong><br>${shell.who.role}<br>${shell.who.provinces}</p>${shell.signOut}</div>
</nav>`
}

function navLink(item: NavItem, active: string): Markup {
  const waiting = item.waiting ?? 0
  const badge =
    waiting > 0 ? html` <span class="count">${waiting}<span class="sr"> đang chờ</span></span>` : ''
  return item.href === active
    ? html`<a href="${item.href}" aria-current="page">${icon(item.icon)}<span>${item.label}</span>${badge}</a>`
    : html`<a href="${item.href}">${icon(item.icon)}<span>${item.label}</span>${badge}</a>`
}

/** A page of the signed-in console. Without script the menu on a phone opens by its anchor. */
export function shellPage(shell: Shell): Markup {
  const tabs = shell.nav.flatMap(({ items }) => items).filter(({ tab }) => tab)
  return html`<!doctype html>
<html lang="vi">
<head>${head(shell.title)}</head>
<body class="console">
<a class="skip" href="#noi-dung">Bỏ qua danh mục, tới nội dung</a>
<header class="top">
  <a class="brand" href="/staff">${icon('mark')}<span>Năng suất chất lượng</span></a>
  <p class="top-who">${shell.who.provinces}</p>
  <a class="top-me" href="/staff/toi">${icon('user')}<span>${shell.who.name}</span></a>
</header>
${navigation(shell)}
<main id="noi-dung" tabindex="-1">
${shell.flash ?? ''}
${shell.body}
</main>
<nav class="tabs" aria-label="Lối tắt">
  ${tabs.map((item) => navLink(item, shell.active))}
  <a href="#danh-muc">${icon('menu')}<span>Danh mục</span></a>
</nav>
</body>
</html>`
}

/** A page of nobody: sign-in, an error before sign-in. */
export function barePage(title: string, body: Markup): Markup {
  return html`<!doctype html>
<html lang="vi">
<head>${head(title)}</head>
<body class="bare">
<main id="noi-dung">
<p class="bare-brand">${icon('mark')}<span>Năng suất chất lượng<br><small>Bảng điều hành của cán bộ</small></span></p>
${body}
</main>
</body>
</html>`
}
