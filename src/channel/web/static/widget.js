// <script src="https://…/widget.js" defer></script> in a department's site: a button that opens the chat in a frame.
// Optional: data-label (name of the button), data-lang="en", data-side="left".
;(() => {
  const script = document.currentScript
  const home = new URL(script.src).origin
  const english = script.dataset.lang === 'en'
  const label = script.dataset.label ?? (english ? 'Open the automated assistant' : 'Mở trợ lý tự động')
  const closeLabel = english ? 'Close the assistant' : 'Đóng trợ lý'
  const side = script.dataset.side === 'left' ? 'left' : 'right'

  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  // A constructed sheet is allowed under a strict style-src of the site, a <style> element is not.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    :host { all: initial; }
    button { position: fixed; bottom: 20px; ${side}: 20px; z-index: 2147483646; width: 60px; height: 60px; padding: 0;
      border: 0; border-radius: 50%; background: #0b4a6f; color: #fff; cursor: pointer; display: grid; place-items: center;
      box-shadow: 0 6px 24px rgb(6 32 48 / 35%); }
    button:hover { background: #0d5a86; }
    button:focus-visible { outline: 3px solid #f2b632; outline-offset: 3px; }
    iframe { position: fixed; bottom: 92px; ${side}: 20px; z-index: 2147483646; width: 400px; height: min(680px, calc(100vh - 120px));
      border: 0; border-radius: 16px; background: #fff; box-shadow: 0 12px 48px rgb(6 32 48 / 32%); color-scheme: normal; }
    [hidden] { display: none; }
    @media (max-width: 520px) {
      iframe { inset: 0 0 auto 0; width: 100%; height: calc(100dvh - 92px); border-radius: 0; }
    }
    @media print { :host { display: none; } }`)
  root.adoptedStyleSheets = [sheet]

  const svg = (path) => {
    const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    for (const [name, value] of Object.entries({
      viewBox: '0 0 24 24',
      width: 28,
      height: 28,
      'aria-hidden': true,
    })) {
      picture.setAttribute(name, value)
    }
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    const look = {
      d: path,
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2,
      'stroke-linejoin': 'round',
    }
    for (const [name, value] of Object.entries({ ...look, 'stroke-linecap': 'round' }))
      line.setAttribute(name, value)
    picture.append(line)
    return picture
  }
  const talk = svg(
    'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 11h.01M12 11h.01M16 11h.01',
  )
  const cross = svg('M6 6l12 12M18 6 6 18')

  const button = document.createElement('button')
  button.type = 'button'
  let frame
  function show(open) {
    if (open && !frame) {
      frame = document.createElement('iframe')
      frame.src = `${home}/?embed=1${english ? '&lang=en' : ''}`
      frame.title = label
      frame.allow = 'microphone'
      root.prepend(frame)
    }
    if (frame) frame.hidden = !open
    button.setAttribute('aria-expanded', String(open))
    button.setAttribute('aria-label', open ? closeLabel : label)
    button.replaceChildren(open ? cross : talk)
    if (open) frame.focus()
  }
  button.addEventListener('click', () => show(button.getAttribute('aria-expanded') !== 'true'))
  window.addEventListener('message', (event) => {
    if (event.source !== frame?.contentWindow || event.origin !== home || event.data?.nscl !== 'close') return
    show(false)
    button.focus()
  })
  root.append(button)
  show(false)
  const place = () => document.body.append(host)
  if (document.body) place()
  else document.addEventListener('DOMContentLoaded', place)
})()
