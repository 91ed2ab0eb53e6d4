import type { Address, OutboundMessage } from '../channel/message.ts'
import type { Database, Db } from '../database/index.ts'
import type { Vault } from '../vault/index.ts'
import type { Places } from '../vietnamese/places.ts'
import type { ChangeDeps, Speaker } from './change.ts'
import {
  amendmentFrom,
  type FormStep,
  openForm,
  openSurvey,
  resumeForm,
  staleFormReply,
  stepForm,
} from './form.ts'
import { Draft, type FormState, parseForm } from './form-state.ts'
import { createIdentity } from './identity.ts'
import { LINK, surveyStored } from './life-texts.ts'
import type { ClassChoice, ConsentText, Lookups, ProvinceChoice, SupportChoice } from './lookups.ts'
import * as owner from './owner.ts'
import { allOfOwner } from './store.ts'
import { type Enrol, type RecordConsent, type Submitted, submitAmendment, submitNew } from './submit.ts'
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

interface Who {
  readonly id: string
  readonly address: Address
  readonly language: Language
}

interface Shown {
  state: unknown
  replies: OutboundMessage[]
}

export interface Input {
  text: string
  send: string | null
  contact: { phone: string; own: boolean } | null
  looksLikeQuestion: boolean
}

type Effect =
  | { kind: 'none' }
  | { kind: 'submit'; draft: unknown }
  | { kind: 'cancelled'; kept: unknown }
  | { kind: 'question' }

export type Registrations = ReturnType<typeof createRegistrations>

export function createRegistrations(deps: RegistrationDeps) {
  const identity = createIdentity(deps.vault)
  const submitDeps = { vault: deps.vault, recordConsent: deps.recordConsent, enrol: deps.enrol }
  const ownerDeps = {
    vault: deps.vault,
    outbox: deps.outbox,
    releaseSeats: deps.releaseSeats,
    lookups: (province: string | null, at: Date) => lookupsFor(province, at, deps.provinces),
  }

  async function lookupsFor(
    province: string | null,
    at: Date,
    provinces: readonly ProvinceChoice[],
  ): Promise<Lookups> {
    const classes = province === null ? [] : await deps.classes(province, at)
    return lookupsWith(province, provinces, classes)
  }

  function lookupsWith(
    province: string | null,
    provinces: readonly ProvinceChoice[],
    classes: readonly ClassChoice[],
  ): Lookups {
    const consents = {
      registration: deps.consent('registration', province),
      survey: deps.consent('survey', province),
    }
    return {
      supports: deps.supports(),
      featured: deps.featured,
      provinces,
      places: deps.places,
      classes,
      consents,
    }
  }

  async function served(address: Address): Promise<readonly ProvinceChoice[]> {
    const codes = new Set((await deps.provincesOf(address)).map(({ code }) => code))
    return deps.provinces.filter(({ code }) => codes.has(code))
  }

  const ownIds = (db: Db, id: string): Promise<string[]> => identity.conversationsOf(db, id)

  const signUps = {
    /** Opens a sign-up from what the person wrote or pressed. `state` is null when that support takes none. */
    async open(
      want: { support: string | null; classId: string | null; text: string; province: string | null },
      who: Who,
      at: Date,
    ): Promise<Shown & { province?: string }> {
      const provinces = await served(who.address)
      const only = provinces.length === 1 ? provinces[0]?.code : undefined
      const lookups = await lookupsFor(want.province ?? only ?? null, at, provinces)
      const step = openForm({ ...want, language: who.language, owner: who.id }, at, lookups)
      const province = step.form?.province
      return {
        state: step.form,
        replies: [step.reply],
        ...(province && province !== want.province ? { province } : {}),
      }
    },

    /** One message or press. A state that cannot be read ends the form with an explanation. */
    async step(stored: unknown, input: Input, who: Who, at: Date): Promise<Shown & { effect: Effect }> {
      const form = parseForm(stored)
      if (!form) return { state: null, replies: [staleFormReply(who.language)], effect: { kind: 'none' } }
      const lookups = await lookupsFor(form.province, at, await served(who.address))
      const { contact, ...rest } = input
      const spoken: FormState = { ...form, language: who.language }
      const step = stepForm(spoken, contact ? { ...rest, contact } : rest, at, lookups)
      // the province decides which classes are open; once it is known, a class is asked for
      if (step.form && step.form.province !== form.province && step.form.kind === 'training') {
        const known = await lookupsFor(step.form.province, at, lookups.provinces)
        if (known.classes.length > 0) return shown(resumeForm({ ...step.form, at: 'summary' }, at, known))
      }
      return shown(step)
    },

    /** Shows the pending question again, or takes up a parked form. `state` null: it was older than 30 days. */
    resume(stored: unknown, language: Language, at: Date): Shown {
      const form = parseForm(stored)
      if (!form) return { state: null, replies: [staleFormReply(language)] }
      return shown(resumeForm({ ...form, language }, at, lookupsWith(form.province, deps.provinces, [])))
    },

    /** Stores what a finished form holds, once, and tells what came of it. `state`: a form that opens from it. */
    async submit(
      tx: Db,
      given: unknown,
      who: Who & { province: string },
      at: Date,
    ): Promise<OutboundMessage[]> {
      return (await this.submitAndGoOn(tx, given, who, at)).replies
    },

    async submitAndGoOn(
      tx: Db,
      given: unknown,
      who: Who & { province: string },
      at: Date,
    ): Promise<Shown & { outcome: Submitted['outcome'] }> {
      const draft = Draft.parse(given)
      const applicant = { conversationId: who.id, ownIds: await ownIds(tx, who.id), address: who.address }
      const done =
        draft.kind === 'amend'
          ? await submitAmendment(submitDeps, tx, draft, applicant, at)
          : await submitNew(
              submitDeps,
              tx,
              { ...draft, province: draft.province ?? who.province },
              applicant,
              at,
            )
      if (!done.pending) return { state: null, replies: done.replies, outcome: done.outcome }
      const lookups = await lookupsFor(done.registration?.province ?? null, at, deps.provinces)
      const options = { language: who.language, province: done.registration?.province ?? null, owner: who.id }
      const next = amendmentFrom(done.pending.target, done.pending.values, options, at, lookups)
      return { state: next.form, replies: [...done.replies, next.reply], outcome: done.outcome }
    },

    async own(who: { id: string; language: Language }): Promise<OutboundMessage[]> {
      const ids = await ownIds(deps.db, who.id)
      return await owner.own(ownerDeps, deps.db, {
        conversationId: who.id,
        ownIds: ids,
        language: who.language,
      })
    },

    async press(
      tx: Db,
      asked: { reference: string; verb: string },
      who: Who,
      at: Date,
    ): Promise<Shown & { form?: unknown }> {
      const person = { conversationId: who.id, ownIds: await ownIds(tx, who.id), language: who.language }
      const { replies, form } = await owner.press(ownerDeps, tx, asked, person, at)
      return { state: form, replies, ...(form ? { form } : {}) }
    },

    /** What the person typed into this form, for masking before a model call. */
    typed(stored: unknown): string[] {
      const form = parseForm(stored)
      if (!form) return []
      const personal: readonly FieldKey[] = ['enterprise', 'contact', 'phone', 'tax_code', 'email', 'commune']
      return personal.flatMap((field) => {
        const value = form.values[field]
        return value ? [value.value, value.label] : []
      })
    },
  }

  const survey = {
    /** Opens the self-assessment for the person's newest registration, or on its own. */
    async open(who: { id: string; province: string | null; language: Language }, at: Date): Promise<Shown> {
      const [newest] = await allOfOwner(deps.db, await ownIds(deps.db, who.id), deps.vault)
      const target = newest ? owner.targetOf(newest) : null
      const province = newest?.province ?? who.province
      const options = { language: who.language, province, owner: who.id }
      return shown(openSurvey(target, options, at, lookupsWith(province, deps.provinces, [])))
    },

    /** One message; the last one stores the answers in `tx`. */
    async step(
      tx: Db,
      stored: unknown,
      input: Input,
      who: { id: string; province: string | null; language: Language; channel?: string },
      at: Date,
    ): Promise<Shown> {
      const form = parseForm(stored)
      if (!form) return { state: null, replies: [staleFormReply(who.language)] }
      const { contact: _, ...rest } = input
      const step = stepForm(
        { ...form, language: who.language },
        rest,
        at,
        lookupsWith(form.province, deps.provinces, []),
      )
      if (step.effect.kind !== 'submit') return shown(step)
      return { state: null, replies: [await storeAnswers(tx, step.effect.draft, who, at)] }
    },
  }

  async function storeAnswers(
    tx: Db,
    draft: Draft,
    who: { id: string; province: string | null; language: Language; channel?: string },
    at: Date,
  ): Promise<OutboundMessage> {
    if (draft.consent === null) return staleFormReply(who.language)
    const size = await storeSurvey(
      tx,
      draft,
      { conversationId: who.id, province: draft.province ?? who.province, known: draft.target?.values ?? {} },
      at,
    )
    await deps.recordConsent(tx, {
      ...draft.consent,
      purpose: 'survey',
      language: draft.language,
      conversationId: who.id,
      channel: who.channel ?? 'chat',
      province: draft.province,
      cause: `form:${draft.key}`,
    })
    return surveyStored(who.language, size)
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

  return { signUps, survey, links, identity }
}

function shown({ form, reply, effect }: FormStep): Shown & { effect: Effect } {
  const told: Effect = effect.kind === 'discarded' ? { kind: 'none' } : effect
  return { state: form, replies: [reply], effect: told }
}
