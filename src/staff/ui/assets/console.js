// Comforts only: every page works without this file.
{
  const pickAll = document.querySelector('[data-pick-all]')
  if (pickAll) {
    pickAll.hidden = false
    const boxes = () => document.querySelectorAll('input[name="item"]')
    pickAll.addEventListener('click', () => {
      const all = [...boxes()].every((box) => box.checked)
      for (const box of boxes()) box.checked = !all
    })
  }

  // A canned reply goes into the box without a round trip.
  for (const choose of document.querySelectorAll('[data-canned]')) {
    choose.addEventListener('change', () => {
      const box = document.querySelector('textarea[name="text"]')
      const text = choose.selectedOptions[0]?.dataset.text
      if (box && text) box.value = text
    })
  }

  // A form is sent once, however often the button is pressed.
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (form.dataset.sent === 'yes') event.preventDefault()
    if (form.method === 'post') form.dataset.sent = 'yes'
  })
  window.addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset.sent
  })

  // New messages of the open conversation appear by themselves while the page is looked at.
  const live = document.querySelector('[data-live]')
  if (live) {
    let last = live.innerHTML
    setInterval(async () => {
      if (document.hidden || live.contains(document.activeElement)) return
      try {
        const answer = await fetch(location.pathname, { headers: { 'x-part': 'live' } })
        if (!answer.ok || answer.redirected) return
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        const fresh = page.querySelector('[data-live]')
        if (fresh && fresh.innerHTML !== last) {
          last = fresh.innerHTML
          live.replaceChildren(...fresh.childNodes)
        }
      } catch {
        // offline for a moment: the next round tries again
      }
    }, 5000)
  }
}
