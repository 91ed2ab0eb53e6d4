import { z } from 'zod'
import type { Address, OutboundMessage } from '../channel/message.ts'
import type { Database, Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import { withoutLegalForm } from '../vietnamese/names.ts'
import type { Places } from '../vietnamese/places.ts'
import type { ChangeDeps, Speaker } from './change.ts'
import { type FormInput, type FormStep, staleFormReply, stepForm } from './form.ts'
import { Draft, type FormState, parseForm } from './form-state.ts'
import { createIdentity } from './identity.ts'
import { LINK, surveyStored } from './life-texts.ts'
import type { ClassChoice, ConsentText, Lookups, ProvinceChoice, SupportChoice } from './lookups.ts'
import { amendmentFrom, openForm, openSurvey, resumeForm } from './open-form.ts'
import * as owner from './owner.ts'
import { allOfOwner } from './store.ts'
import { type Enrol, type RecordConsent, submitAmendment, submitNew } from './submit.ts'
import { storeSurvey } from './survey.ts'
import type { FieldKey, Language } from './values.ts'

/** The conversation's door: forms step by step, storing, own registrations, the self-assessment, linking channels. */

export interface RegistrationDeps {
  readonly db: Database
  readonly vault: Vault
  readonly outbox: Speaker
  readonly places: Places
  readonly supports: () => readonly SupportChoice[]
  /** Keys of the support types offered as first buttons. */
  readonly featured: readonly string[]
  /** Departments that take registrations, all of them; `area` tells where their communes lie. */
  readonly provinces: readonly ProvinceChoice[]
  /** Which of them an account serves. */
  readonly provincesOf: (address: Address) => Promise<readonly { code: string }[]>
  readonly classes: (province: string, at: Date) => Promise<readonly ClassChoice[]>
  readonly consent: (purpose: 'registration' | 'survey', province: string | null) => ConsentText
  readonly recordConsent: RecordConsent
  readonly enrol: Enrol | null
  readonly releaseSeats: ChangeDeps['releaseSeats']
}

/** Who is speaking: the conversation, where replies go, and what is known of the person. */
export interface Person {
  readonly id: string
  readonly address: Address
  readonly province: string | null
  readonly language: Language
}

/** A step as the conversation keeps it: the form is sealed, because it holds telephone numbers and tax codes. */
export interface StoredStep {
  readonly form: unknown
  readonly reply: OutboundMessage
  readonly effect:
    | { kind: 'none' | 'question' | 'discarded' }
    | { kind: 'submit'; draft: unknown }
    | { kind: 'cancelled'; kept: unknown }
}

const PERSONAL = ['enterprise', 'contact', 'phone', 'tax_code', 'email', 'commune'] satisfies FieldKey[]

export type Registrations = ReturnType<typeof createRegistrations>

export function createRegistrations(deps: RegistrationDeps) {
  const { vault } = deps
  const identity = createIdentity(vault)
  const submitDeps = { vault, recordConsent: deps.recordConsent, enrol: deps.enrol }
  const ownerDeps = {
    vault,
    outbox: deps.outbox,
    releaseSeats: deps.releaseSeats,
    lookups: (province: string | null) => Promise.resolve(lookupsWith([], province, deps.provinces)),
  }
  const ownIds = (db: Db, id: string): Promise<string[]> => identity.conversationsOf(db, id)

  async function lookupsFor(
    province: string | null,
    at: Date,
    provinces: readonly ProvinceChoice[],
  ): Promise<Lookups> {
    return lookupsWith(province === null ? [] : await deps.classes(province, at), province, provinces)
  }

  /** Inside a transaction classes are not looked up: a correction asks for none, and the pool may have one connection. */
  function lookupsWith(
    classes: readonly ClassChoice[],
    province: string | null,
    provinces: readonly ProvinceChoice[],
  ): Lookups {
    return {
      supports: deps.supports(),
      featured: deps.featured,
      provinces,
      places: deps.places,
      classes,
      consents: {
        registration: deps.consent('registration', province),
        survey: deps.consent('survey', province),
      },
    }
  }

  async function served(address: Address): Promise<readonly ProvinceChoice[]> {
    const codes = new Set((await deps.provincesOf(address)).map(({ code }) => code))
    return deps.provinces.filter(({ code }) => codes.has(code))
  }

  function packed({ form, reply, effect }: FormStep): StoredStep {
    const kept = effect.kind === 'cancelled' ? { ...effect, kept: pack(vault, effect.kept) } : effect
    return { form: pack(vault, form), reply, effect: kept }
  }

  function ended(language: Language): StoredStep {
    return { form: null, reply: staleFormReply(language), effect: { kind: 'none' } }
  }

  /** Opens a sign-up from what the person wrote or pressed. `form` is null when that support takes none. */
  async function open(
    want: { support: string | null; carried?: string | null; classId: string | null; text: string },
    who: Person,
    at: Date,
  ): Promise<StoredStep> {
    const provinces = await served(who.address)
    const only = provinces.length === 1 ? provinces[0]?.code : undefined
    const province = who.province ?? only ?? null
    const lookups = await lookupsFor(province, at, provinces)
    return packed(openForm({ ...want, province, language: who.language, owner: who.id }, at, lookups))
  }

  /** One message or press. A form that cannot be read back has ended, and the person is told. */
  async function step(stored: unknown, input: FormInput, who: Person, at: Date): Promise<StoredStep> {
    const form = unpack(vault, stored)
    if (!form) return ended(who.language)
    const lookups = await lookupsFor(form.province, at, await served(who.address))
    const next = stepForm({ ...form, language: who.language }, input, at, lookups)
    // the province decides which classes are open; once it is known, a class is asked for
    if (next.form && next.form.province !== form.province && next.form.kind === 'training') {
      const known = await lookupsFor(next.form.province, at, lookups.provinces)
      if (known.classes.length > 0)
        return packed(resumeForm({ ...next.form, at: 'summary', choices: [] }, at, known))
    }
    return packed(next)
  }

  /** Takes up a parked form. `form` null: it was older than 30 days and is gone. */
  async function resume(stored: unknown, who: Person, at: Date): Promise<StoredStep> {
    const form = unpack(vault, stored)
    if (!form) return ended(who.language)
    const lookups = await lookupsFor(form.province, at, await served(who.address))
    return packed(resumeForm({ ...form, language: who.language }, at, lookups))
  }

  /** Opens the self-assessment for the person's newest registration, or on its own. */
  async function survey(who: Person, at: Date): Promise<StoredStep> {
    const [newest] = await allOfOwner(deps.db, await ownIds(deps.db, who.id), vault)
    const province = newest?.province ?? who.province
    const lookups = await lookupsFor(province, at, deps.provinces)
    const options = { language: who.language, province, owner: who.id }
    return packed(openSurvey(newest ? owner.targetOf(newest) : null, options, at, lookups))
  }

  /** Stores what a finished form holds, once. `form`: one that opens from it (a correction left to be saved). */
  async function submit(
    tx: Db,
    given: unknown,
    who: Person,
    at: Date,
  ): Promise<{ replies: OutboundMessage[]; form: unknown; province: string | null }> {
    const draft = Draft.parse(given)
    if (draft.kind === 'survey') {
      return { replies: [await storeAnswers(tx, draft, who, at)], form: null, province: null }
    }
    const applicant = { conversationId: who.id, ownIds: await ownIds(tx, who.id), address: who.address }
    const done =
      draft.kind === 'amend'
        ? await submitAmendment(submitDeps, tx, draft, applicant, at)
        : await submitNew(submitDeps, tx, draft, applicant, at)
    const province = done.registration?.province ?? null
    if (!done.pending) return { replies: done.replies, form: null, province }
    const lookups = lookupsWith([], province, deps.provinces)
    const options = { language: who.language, province, owner: who.id }
    const next = amendmentFrom(done.pending.target, done.pending.values, options, at, lookups)
    return { replies: [...done.replies, next.reply], form: pack(vault, next.form), province }
  }

  async function storeAnswers(tx: Db, draft: Draft, who: Person, at: Date): Promise<OutboundMessage> {
    if (draft.consent === null) return staleFormReply(who.language)
    const province = draft.province ?? who.province
    const known = draft.target?.values ?? {}
    const size = await storeSurvey(tx, draft, { conversationId: who.id, province, known }, at)
    await deps.recordConsent(tx, {
      ...draft.consent,
      purpose: 'survey',
      language: draft.language,
      conversationId: who.id,
      channel: who.address.channel,
      province,
      cause: `form:${draft.key}`,
    })
    return surveyStored(who.language, size)
  }

  /** "Hồ sơ của tôi": of this conversation and those linked to it by proof. */
  async function own(who: Person): Promise<OutboundMessage[]> {
    const ids = await ownIds(deps.db, who.id)
    return await owner.own(ownerDeps, deps.db, {
      conversationId: who.id,
      ownIds: ids,
      language: who.language,
    })
  }

  /** A button under one's own registration: show, cancel, cancelyes, fix, complete, survey. */
  async function press(
    tx: Db,
    asked: { reference: string; verb: string },
    who: Person,
    at: Date,
  ): Promise<{ replies: OutboundMessage[]; form: unknown }> {
    const person = { conversationId: who.id, ownIds: await ownIds(tx, who.id), language: who.language }
    const { replies, form } = await owner.press(ownerDeps, tx, asked, person, at)
    return { replies, form: pack(vault, form) }
  }

  /** What the person typed into these forms and into what they registered, for masking before a model call. */
  async function typed(forms: readonly unknown[], id: string): Promise<string[]> {
    const own = await allOfOwner(deps.db, await ownIds(deps.db, id), vault)
    const values = [
      ...forms.flatMap((stored) => unpack(vault, stored)?.values ?? []),
      ...own.map((it) => it.values),
    ]
    const texts = values.flatMap((given) => [
      ...PERSONAL.flatMap((field) => [given[field]?.value ?? '', given[field]?.label ?? '']),
      withoutLegalForm(given.enterprise?.value ?? ''),
    ])
    return [...new Set(texts)].filter((text) => text !== '')
  }

  const links = {
    async issue(tx: Db, conversationId: string, language: Language, at: Date): Promise<OutboundMessage> {
      const { code } = await identity.issueCode(tx, conversationId, at)
      return LINK.issued(code, language)
    },
    async redeem(
      tx: Db,
      code: string,
      conversationId: string,
      language: Language,
      at: Date,
    ): Promise<OutboundMessage> {
      const { outcome } = await identity.redeem(tx, conversationId, code, at)
      switch (outcome) {
        case 'linked':
          return LINK.linked(language)
        case 'wrong':
          return LINK.wrong(language)
        case 'too_many':
          return LINK.tooMany(language)
        case 'same_conversation':
          return LINK.same(language)
      }
    },
  }

  return { signUps: { open, step, resume, survey, submit, own, press, typed }, links, identity }
}

const Packed = z.object({ sealed: z.string() })

function pack(vault: Vault, form: FormState | null): unknown {
  return form === null ? null : { sealed: vault.seal(JSON.stringify(form)) }
}

/** Null for what is no form of ours, and for one sealed with another key. */
function unpack(vault: Vault, stored: unknown): FormState | null {
  const parsed = Packed.safeParse(stored)
  if (!parsed.success) return null
  try {
    return parseForm(JSON.parse(vault.open(parsed.data.sealed)))
  } catch {
    return null
  }
}
