import { type Browser, chromium } from 'playwright-core'

/** Without these a closed network refuses its own background connections, many at a time. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Chromium as the machine has it (CHROMIUM, else Debian's place). @param more flags of one test, such as a fake microphone */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [...FLAGS, ...more],
  })
}
