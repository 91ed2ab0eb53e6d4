// Speaking instead of typing, after chat.js: one recording of at most a minute, sent once, kept nowhere.
const record = document.getElementById('record')
const SECONDS_MAX = 60

let recorder = null
let startedAt = 0
let clock

if (window.MediaRecorder && navigator.mediaDevices?.getUserMedia) {
  record.hidden = false
  record.addEventListener('click', () => (recorder ? recorder.stop() : void listen()))
}

async function listen() {
  tell('')
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  } catch {
    tell(record.dataset.refused)
    return
  }
  const chunks = []
  recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 })
  recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data))
  recorder.addEventListener('stop', () => {
    for (const track of stream.getTracks()) track.stop()
    const { mimeType } = recorder
    const seconds = Math.round((Date.now() - startedAt) / 1000)
    recorder = null
    show()
    if (chunks.length > 0 && seconds > 0) void send(new Blob(chunks, { type: mimeType }), seconds)
  })
  startedAt = Date.now()
  recorder.start()
  show()
}

/** The button says how long it has listened, and stops by itself after a minute. */
function show() {
  clearInterval(clock)
  record.setAttribute('aria-pressed', String(recorder !== null))
  record.setAttribute('aria-label', recorder ? record.dataset.stop : record.dataset.start)
  const label = record.querySelector('span')
  label.textContent = ''
  if (!recorder) return
  clock = setInterval(() => {
    const seconds = Math.floor((Date.now() - startedAt) / 1000)
    label.textContent = `${seconds} s`
    if (seconds >= SECONDS_MAX) recorder?.stop()
  }, 500)
}

async function send(blob, seconds) {
  const entry = showMine(record.dataset.sent)
  mark(entry, page.dataset.sending)
  const query = new URLSearchParams({
    id: newId(),
    seconds: String(seconds),
    ...(embedded ? { embed: '1' } : {}),
  })
  try {
    const response = await fetch(`/chat/voice?${query}`, {
      method: 'POST',
      headers: { 'content-type': blob.type || 'audio/webm' },
      body: blob,
      signal: AbortSignal.timeout(30_000),
    })
    const body = await response.json().catch(() => ({}))
    if (!response.ok) {
      entry.remove()
      tell(body.error ?? record.dataset.failed)
      return
    }
    mark(entry, '')
    showTyping()
    if (body.fresh) connect()
  } catch {
    entry.remove()
    tell(record.dataset.failed)
  }
}
