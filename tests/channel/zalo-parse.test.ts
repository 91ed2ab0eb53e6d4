import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Content } from '../../src/channel/message.ts'
import { untilMorningMs, untilNextMinuteMs } from '../../src/channel/zalo/errors.ts'
import { Envelope, oaIdOf, parseEvent, recipientOf } from '../../src/channel/zalo/events.ts'
import { internationalPhone } from '../../src/channel/zalo/render.ts'
import { explainMismatch, isSigned, macOf } from '../../src/channel/zalo/signature.ts'
import { windowOf } from '../../src/channel/zalo/windows.ts'
import { sample } from './zalo-setup.ts'

const HOUR_MS = 3_600_000
const keys = { appId: '2130045577890123457', oaId: '339', oaSecret: 'secret', appSecret: 'other' }

describe('the signature', () => {
  const body = Buffer.from('{"app_id":"2130045577890123457","text":"ề\\/","timestamp":"1764057600123"}')

  test('is plain SHA-256 over app id, bytes, timestamp and secret', () => {
    const expected = createHash('sha256')
      .update(`2130045577890123457${body.toString()}1764057600123secret`)
      .digest('hex')
    expect(macOf(body, '1764057600123', keys)).toBe(expected)
    expect(isSigned(`mac=${expected}`, body, '1764057600123', keys)).toBe(true)
  })

  test('no changed byte, anywhere, is accepted', () => {
    const mac = `mac=${macOf(body, '1764057600123', keys)}`
    for (let at = 0; at < body.length; at++) {
      const changed = Buffer.from(body)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(isSigned(mac, changed, '1764057600123', keys)).toBe(false)
    }
  })

  test('an account without its secret accepts nothing, not even what is signed with nothing', () => {
    const empty = { ...keys, oaSecret: '' }
    expect(isSigned(`mac=${macOf(body, '1', empty)}`, body, '1', empty)).toBe(false)
  })

  test('a mismatch is explained by the reading that would have matched', () => {
    const explain = (mac: string, headerTimestamp?: string) =>
      explainMismatch(`mac=${mac}`, body, '1', headerTimestamp, keys)
    expect(explain(macOf(body, '1', { ...keys, oaSecret: 'other' }))).toMatchObject({
      appSecretInPlace: true,
      oaIdFirst: false,
    })
    expect(explain(macOf(body, '1', { ...keys, appId: '339' }))).toMatchObject({
      oaIdFirst: true,
      hmac: false,
    })
    expect(explain(macOf(body, '2', keys), '2')).toMatchObject({ headerTimestamp: true })
    expect(explainMismatch(undefined, body, '1', undefined, keys)).toEqual({ signed: false })
  })
})

describe('events', () => {
  const names = [
    'user_send_text',
    'user_submit_info',
    'follow',
    'oa_send_text_staff',
    'anonymous_send_file',
    'user_click_chatnow',
  ]

  test('whatever stands in a known event, parsing gives a value and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.string(), fc.jsonValue()), { maxLength: 4 }),
        fc.jsonValue(),
        (name, fields, message) => {
          const event = { ...sample(name), ...Object.fromEntries(fields), message }
          const envelope = Envelope.safeParse(event)
          if (!envelope.success) return
          oaIdOf(envelope.data)
          const parsed = parseEvent(envelope.data, () => 'hash')
          if (parsed.kind === 'event') expect(Content.safeParse(parsed.content).success).toBe(true)
          else expect(['ignored', 'unknown', 'malformed']).toContain(parsed.kind)
        },
      ),
      { seed: 20261122, numRuns: 500 },
    )
  })

  test('ids beyond 2^53 keep every digit', () => {
    const envelope = Envelope.parse(sample('user_send_text'))
    expect(oaIdOf(envelope)).toBe('3390071122334455669')
    expect(parseEvent(envelope, () => '')).toMatchObject({ person: '7081234567890123451' })
    expect(recipientOf('7081234567890123451')).toEqual({ user_id: '7081234567890123451' })
  })

  test('an anonymous visitor is answered by both ids, and nobody else can look like one', () => {
    const parsed = parseEvent(Envelope.parse(sample('anonymous_send_text')), () => '')
    expect(parsed.kind === 'event' && recipientOf(parsed.person)).toEqual({
      anonymous_id: '4400998877665544339',
      conversation_id: 'b7c1d2e3f405',
    })
    const posing = { ...sample('user_send_text'), sender: { id: 'anon:a:b' } }
    expect(parseEvent(Envelope.parse(posing), () => '').kind).toBe('malformed')
  })
})

describe('windows and waits', () => {
  test('the window is a matter of the time since the last action, a little early rather than late', () => {
    const at = new Date('2026-11-22T03:00:00Z')
    const since = (ms: number) =>
      windowOf({ lastInteractionAt: new Date(at.getTime() - ms), leftAt: null }, at)
    expect(since(0)).toBe('free')
    expect(since(48 * HOUR_MS - 3 * 60_000)).toBe('free')
    expect(since(48 * HOUR_MS)).toBe('billed')
    expect(since(7 * 24 * HOUR_MS - 3 * 60_000)).toBe('billed')
    expect(since(7 * 24 * HOUR_MS)).toBe('closed')
    expect(windowOf(null, at)).toBe('unknown')
    expect(windowOf({ lastInteractionAt: null, leftAt: null }, at)).toBe('unknown')
    expect(windowOf({ lastInteractionAt: null, leftAt: at }, at)).toBe('left')
  })

  test('the limit is over when the minute turns; the night when Viet Nam has six', () => {
    expect(untilNextMinuteMs(new Date('2026-11-22T03:00:59.500Z'))).toBe(1_500)
    expect(untilMorningMs(new Date('2026-11-21T22:59:00Z'))).toBe(60_000) // 05:59
    expect(untilMorningMs(new Date('2026-11-22T15:00:00Z'))).toBe(8 * HOUR_MS) // 22:00
    expect(untilMorningMs(new Date('2026-11-22T05:00:00Z'))).toBe(60_000) // noon: their clock says otherwise
  })

  test('phone numbers go to the template server as 84…', () => {
    for (const phone of ['0900000001', '+84 900 000 001', '84900000001', '900000001']) {
      expect(internationalPhone(phone)).toBe('84900000001')
    }
  })
})
