import { expect, test } from 'vitest'
import { consentText, Purpose } from '../../src/privacy/index.ts'

/** Fingerprints of every text that may have been shown. A new wording needs a new version and a new line here. */
const KNOWN: Record<string, string> = {
  'registration-2026-11:vi': 'ae7d59f2791298ae',
  'registration-2026-11:en': 'ef89b780228259c0',
  'survey-2026-11:vi': 'f1451a13bb98cede',
  'survey-2026-11:en': 'a6698dc22366a5ec',
  'class_reminders-2026-11:vi': '4d3f597caa00dbc6',
  'class_reminders-2026-11:en': '1049d15ee9d15094',
}

test('a consent text never changes under the same version', () => {
  const now = Object.fromEntries(
    Purpose.options.flatMap((purpose) =>
      (['vi', 'en'] as const).map((language) => {
        const { version, digest } = consentText(purpose, language, 'Sở X')
        return [`${version}:${language}`, digest.slice(0, 16)]
      }),
    ),
  )
  expect(now).toEqual(KNOWN)
})

test('every text names the department, the purpose and how to withdraw, and fits one message', () => {
  for (const purpose of Purpose.options) {
    for (const language of ['vi', 'en'] as const) {
      const { text } = consentText(purpose, language, 'Sở Khoa học và Công nghệ $& tỉnh X')
      expect(text).toContain('Sở Khoa học và Công nghệ $& tỉnh X')
      expect(text).toContain('/rutdongy')
      expect(text.length).toBeLessThanOrEqual(2000)
    }
  }
})
