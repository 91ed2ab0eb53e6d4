// The chat page's script. Without it every button is a plain form; with it the page stays and replies arrive live.
const page = document.body
const scroll = document.querySelector('.scroll')
const log = document.getElementById('log')
const typing = document.getElementById('typing')
const notice = document.getElementById('notice')
const offline = document.getElementById('offline')
const compose = document.getElementById('compose')
const input = document.getElementById('text')
const menu = document.querySelector('details.menu')
const embedded = document.documentElement.classList.contains('embedded')

const TYPING_SHOWN_MS = 30_000
const TRIES_MS = [1_000, 3_000, 8_000]
const WAITING = 'nscl-waiting'

// ---- Sending: one after another, so that messages arrive in the order they were written. ----

const queue = []
let busy = false

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @param message {id, label, text | send | start}; the id stays the same however often it is sent */
function say(message) {
  const { label, restored = false, ...fields } = message
  queue.push({ label, restored, fields, entry: showMine(label) })
  remember()
  void work()
}

async function work() {
  if (busy) return
  busy = true
  while (queue.length > 0) {
    const message = queue[0]
    if (!(await deliver(message))) break
    queue.shift()
    remember()
  }
  busy = false
}

/** @returns false when the message must be sent again by hand */
async function deliver(message) {
  const { entry, restored, fields } = message
  mark(entry, page.dataset.sending)
  const before = replies
  for (const pause of [0, ...TRIES_MS]) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
    const answer = await post(fields)
    if (answer.kept) {
      if (restored && answer.state === 'duplicate') entry.remove() // it is in the transcript above
      mark(entry, '')
      // A quick reply may have come before the answer to our own request.
      if (replies === before) showTyping()
      if (answer.fresh) connect() // the cookie was lost; from now on the page belongs to the new one
      return true
    }
    if (answer.refused) {
      entry.remove()
      tell(answer.error)
      return true
    }
  }
  offerRetry(entry)
  return false
}

async function post(fields) {
  try {
    const response = await fetch('/chat/send', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, embed: embedded }),
      signal: AbortSignal.timeout(15_000),
    })
    const body = await response.json().catch(() => ({}))
    if (response.ok) return { kept: true, state: body.state, fresh: body.fresh }
    return { kept: false, refused: [400, 403, 413].includes(response.status), error: body.error ?? '' }
  } catch {
    return { kept: false, refused: false }
  }
}

/** What is not sent yet survives a reload of this tab. */
function remember() {
  try {
    const waiting = queue.map(({ label, fields }) => ({ ...fields, label, restored: true }))
    if (waiting.length > 0) sessionStorage.setItem(WAITING, JSON.stringify(waiting))
    else sessionStorage.removeItem(WAITING)
  } catch {
    // Storage may be forbidden in a frame; then only a reload while offline loses the bubble, not the sent message.
  }
}

function recall() {
  try {
    for (const message of JSON.parse(sessionStorage.getItem(WAITING) ?? '[]')) say(message)
  } catch {
    // as above
  }
}

// ---- Showing ----

function showMine(label) {
  const entry = document.createElement('li')
  entry.className = 'entry mine'
  const bubble = document.createElement('div')
  bubble.className = 'bubble'
  const who = document.createElement('span')
  who.className = 'hidden'
  who.textContent = `${page.dataset.you}: `
  const text = document.createElement('p')
  text.textContent = label
  bubble.append(who, text)
  const state = document.createElement('p')
  state.className = 'state'
  entry.append(bubble, state)
  log.append(entry)
  toEnd()
  return entry
}

function mark(entry, text) {
  entry.classList.remove('failed')
  entry.querySelector('.state').textContent = text
}

function offerRetry(entry) {
  const state = entry.querySelector('.state')
  entry.classList.add('failed')
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = page.dataset.retry
  button.addEventListener('click', () => void work())
  state.replaceChildren(`${page.dataset.notSent} `, button)
}

function showReply({ id, html }) {
  if (document.querySelector(`[data-id="${CSS.escape(id)}"]`)) return
  replies++
  hideTyping()
  const template = document.createElement('template')
  template.innerHTML = html // our own server's, escaped there
  const entry = template.content.firstElementChild
  if (!entry) return
  const near = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 240
  log.append(entry)
  askForPhone(entry)
  // A long answer is read from its beginning.
  if (entry.offsetHeight > scroll.clientHeight * 0.8) scroll.scrollTop = entry.offsetTop - 12
  else if (near) toEnd()
}

function askForPhone(entry) {
  const phone = entry?.dataset.ask === 'contact'
  input.inputMode = phone ? 'tel' : 'text'
  input.autocomplete = phone ? 'tel' : 'off'
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight
}

let typingTimer
let replies = 0
function showTyping() {
  typing.hidden = false
  toEnd()
  clearTimeout(typingTimer)
  typingTimer = setTimeout(hideTyping, TYPING_SHOWN_MS)
}

function hideTyping() {
  clearTimeout(typingTimer)
  typing.hidden = true
}

function tell(text) {
  notice.textContent = text
  notice.hidden = text === ''
}

// ---- Live replies; the browser itself comes back with Last-Event-ID after a break. ----

let stream
let offlineTimer
let againTimer
let failures = 0
function connect() {
  stream?.close()
  clearTimeout(againTimer)
  const last = [...log.querySelectorAll('.entry:not(.mine)')].at(-1)?.dataset.id ?? page.dataset.last
  const query = new URLSearchParams({ after: last, ...(embedded ? { embed: '1' } : {}) })
  stream = new EventSource(`/chat/stream?${query}`)
  stream.addEventListener('open', () => {
    failures = 0
    clearTimeout(offlineTimer)
    offlineTimer = undefined
    offline.hidden = true
    if (queue.length > 0) void work()
  })
  stream.addEventListener('error', () => {
    offlineTimer ??= setTimeout(() => {
      offline.hidden = false
    }, 4_000)
    // After an answer that is no stream (a restart, a proxy's error page) the browser itself does not try again.
    if (stream.readyState === EventSource.CLOSED) {
      againTimer = setTimeout(connect, Math.min(2_000 * 2 ** failures, 60_000))
      failures = Math.min(failures + 1, 5)
    }
  })
  stream.addEventListener('message', (event) => showReply(JSON.parse(event.data)))
  stream.addEventListener('typing', showTyping)
}

// ---- What the person does ----

compose.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = input.value.trim()
  if (text === '') return
  tell('')
  input.value = ''
  resize()
  input.focus()
  say({ id: newId(), label: text, text })
})

input.addEventListener('keydown', (event) => {
  // Enter while an input method is composing a Vietnamese letter belongs to the input method.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
  event.preventDefault()
  compose.requestSubmit()
})

function resize() {
  input.style.height = 'auto'
  input.style.height = `${Math.min(input.scrollHeight, 160)}px`
}
input.addEventListener('input', resize)

document.addEventListener('submit', (event) => {
  const form = event.target
  const button = event.submitter
  if (!form.matches('[data-press]') || !button) return
  event.preventDefault()
  menu.open = false
  tell('')
  say({ id: newId(), label: button.textContent.trim(), send: button.value })
})

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  if (menu.open) {
    menu.open = false
    menu.querySelector('summary').focus()
  } else if (embedded) window.parent.postMessage({ nscl: 'close' }, '*') // holds nothing: any site may hear it
})
document.addEventListener('click', (event) => {
  if (menu.open && !menu.contains(event.target)) menu.open = false
})

const start = document.getElementById('start')
if (start) {
  // A deep link opens by itself, once: its message id comes from the link.
  const { id, start: payload } = Object.fromEntries(new FormData(start))
  const label = start.querySelector('button').textContent.trim()
  start.remove()
  history.replaceState(null, '', embedded ? '/?embed=1' : '/')
  say({ id, label, start: payload, restored: true })
}

recall()
connect()
askForPhone(log.lastElementChild)
if (log.childElementCount > 0) toEnd()
window.addEventListener('pageshow', (event) => event.persisted && connect())
