import type { Content, OutboundMessage } from '../channel/message.ts'
import type { Draft, Stored, TurnDeps } from './draft.ts'
import type {
  Answer,
  AnswerContext,
  DataRequest,
  FormInput,
  FormStep,
  SignUpWant,
  Speaker,
  Understanding,
} from './ports.ts'
import {
  leavesPhone,
  looksLikeQuestion,
  type Reading,
  read,
  toldBesides,
  type WayOut,
  wayOut,
} from './reading.ts'
import { signUpWords } from './sign-up.ts'
import type { ConversationState, Press } from './states.ts'
import type { Conversation } from './store.ts'
import * as texts from './texts.ts'

/** Everything one turn knows. `conversation` is as it was read; nothing here writes. */
export interface Scene {
  conversation: Conversation
  served: readonly { code: string; name: string }[]
  message: Stored
  at: Date
  /** How long listening to a voice message took. */
  waitedMs?: number
}

type Readable = Extract<Content, { kind: 'text' | 'press' | 'contact' | 'media' | 'start' }>

/** A minute of speech is far shorter. */
const HEARD_MAX = 1_500

/** Decides one turn: reads the message, lets an open form or dialogue have it first, else finds what is wanted. */
export async function think(deps: TurnDeps, scene: Scene, content: Content): Promise<Draft> {
  const turn = new Turn(deps, scene)
  const reading = read(content as Readable)
  if (reading.kind !== 'voice') return await turn.of(reading)
  const started = performance.now()
  const heard =
    deps.hear && content.kind === 'media'
      ? await deps.hear({ ...scene.message, content }, scene.conversation.province)
      : null
  if (heard === null) return turn.fixed('voice')
  if (heard === '') return turn.fixed('voiceUnheard')
  // What was heard is words, never a button or a command of ours.
  const words = heard.replace(/^[#/\s]+/u, '').slice(0, HEARD_MAX)
  const waitedMs = performance.now() - started
  const draft = await new Turn(deps, { ...scene, waitedMs }).of(read({ kind: 'text', text: words }))
  const echo = scene.conversation.language === 'en' ? `I heard: “${words}”` : `Tôi nghe được: “${words}”`
  return { ...draft, replies: [message(echo), ...draft.replies] }
}

class Turn {
  private readonly deps: TurnDeps
  private readonly scene: Scene
  private readonly conversation: Conversation
  private readonly state: ConversationState
  private readonly language: 'vi' | 'en'

  constructor(deps: TurnDeps, scene: Scene) {
    this.deps = deps
    this.scene = scene
    this.conversation = scene.conversation
    this.state = { ...scene.conversation.state }
    this.language = scene.conversation.language
  }

  async of(reading: Reading): Promise<Draft> {
    switch (reading.kind) {
      case 'fixed':
        return this.fixed(reading.say)
      case 'voice':
        return this.fixed('voice')
      case 'stale_press':
        return this.fixed('stalePress', true)
      case 'contact':
        return await this.contact(reading)
      case 'cancel':
        return this.state.form || this.state.dialogue
          ? await this.words('huỷ')
          : this.fixed('cancelledNothing', true)
      case 'link_code':
        return this.acting('answer', (tx) =>
          this.deps.links.redeem(tx, reading.code, this.conversation.id, this.language, this.scene.at),
        )
      case 'press':
        return await this.press(reading.press, reading.text)
      case 'words':
        return await this.words(reading.text)
    }
  }

  /** One of our fixed sentences; what is open stays open. */
  fixed(name: Parameters<typeof texts.say>[0], withMenu = false): Draft {
    const reply = message(texts.say(name, this.language), withMenu ? texts.mainMenu(this.language) : [])
    return { outcome: 'fixed', replies: [reply], state: this.state }
  }

  private async words(text: string): Promise<Draft> {
    if (this.deps.privacy.concerns(this.state.dialogue, text, this.scene.at)) return this.data({ text })
    // Anything else closes an open personal-data question: a later "1" or "có" must not answer it.
    this.state.dialogue = null
    if (this.state.form) {
      const way = wayOut(text)
      if (way !== null) return await this.aside(way)
      return await this.form(asked(text), text)
    }
    const understood = await this.deps.answerer.understand(text, this.context())
    if (this.state.pending && understood.province && understood.intent !== 'attack') {
      return await this.provinceNamed(understood.province.code, text)
    }
    const volunteered =
      leavesPhone(text) &&
      understood.support !== null &&
      (understood.intent === 'question' || understood.intent === 'unclear')
    return await this.wanted(volunteered ? { ...understood, intent: 'sign_up' } : understood, text)
  }

  /** Something else is wanted while a form is open: it is done, and the open question is shown again. */
  private async aside(way: WayOut): Promise<Draft> {
    const draft =
      way === 'own'
        ? await this.own(this.language)
        : way === 'officer'
          ? await this.officer('', this.language)
          : way === 'menu'
            ? this.menu()
            : this.data({ verb: 'view' })
    if (!this.state.form || draft.act) return draft
    const { form, reply } = await this.deps.signUps.resume(this.state.form, this.speaker(), this.scene.at)
    return { ...draft, state: { ...draft.state, form }, replies: [...draft.replies, reply] }
  }

  private async wanted(understood: Understanding, text: string): Promise<Draft> {
    switch (understood.intent) {
      case 'sign_up':
        return await this.signUp(
          { ...(await this.subject(understood.support, text)), classId: null, text },
          understood.province?.code ?? null,
          understood.language,
        )
      case 'own_registrations':
        return await this.own(understood.language)
      case 'personal_data':
        return this.data({ verb: understood.dataRequest ?? 'view' })
      case 'officer':
        return await this.officer(text, understood.language)
      case 'cancel':
        return this.fixed('cancelledNothing', true)
      case 'help':
        return this.menu()
      default:
        return await this.ask(text, understood)
    }
  }

  /** The answerer speaks; where its outcome is something to be done, it is done here. */
  private async ask(question: string, understood?: Understanding): Promise<Draft> {
    const answer = await this.deps.answerer.answer(question, this.context(), understood)
    if (answer.outcome === 'start_signup') {
      return await this.signUp(
        { ...(await this.subject(answer.support, question)), classId: null, text: question },
        answer.province,
        this.language,
      )
    }
    if (answer.outcome === 'status') return await this.own(this.language)
    if (answer.outcome === 'handoff') return await this.officer(question, this.language)
    if (answer.outcome === 'personal_data') return this.data({ verb: 'view' })
    return this.answered(answer, question)
  }

  private answered(answer: Answer, question: string): Draft {
    const settled = answer.province ?? this.conversation.province
    const state: ConversationState = {
      ...this.state,
      memory: answer.memory,
      suggestions: answer.suggestions,
      pending: answer.outcome === 'clarify_province' ? question : null,
      lastAnswerId: answer.id,
    }
    const reply: OutboundMessage = {
      text: answer.text,
      citations: answer.citations,
      actions: answer.actions.slice(0, 5),
      ...(answer.outcome === 'answer' || answer.outcome === 'abstain' ? { answerId: answer.id } : {}),
    }
    return {
      outcome: answer.outcome,
      replies: [reply],
      state,
      province: settled,
      act: async (tx) => {
        await this.deps.answerer.record(tx, answer, {
          conversationId: this.conversation.id,
          province: settled,
          question,
        })
        return { replies: [] }
      },
    }
  }

  private async press(press: Press, raw: string): Promise<Draft> {
    switch (press.code) {
      case 'start':
      case 'menu':
        return await this.aside('menu')
      case 'more':
        return await this.ask(this.language === 'en' ? 'more' : 'xem thêm')
      case 'own':
      case 'officer':
        return await this.aside(press.code)
      case 'province':
        return await this.provinceNamed(press.province, null)
      case 'signup':
        return await this.signUp(
          { support: press.support, carried: null, classId: press.classId, text: '' },
          null,
          this.language,
        )
      case 'ask': {
        const question = this.state.suggestions[press.index]
        return question === undefined ? this.fixed('stalePress', true) : await this.ask(question)
      }
      case 'form':
      case 'yes':
      case 'no':
        return this.state.form
          ? await this.form({ ...input(''), send: raw }, raw)
          : this.fixed('stalePress', true)
      case 'resume':
        return await this.resume()
      case 'survey':
        return this.opened(await this.deps.signUps.survey(this.speaker(), this.scene.at))
      case 'data':
        return this.data({ text: press.text })
      case 'language':
        return {
          outcome: 'fixed',
          replies: [message(texts.say('languageSet', press.language), texts.mainMenu(press.language))],
          state: this.state,
          language: press.language,
        }
      case 'registration':
        return this.registration(press)
      case 'offer':
        return this.acting('form', (tx) =>
          this.deps.offers.respond(
            tx,
            { id: press.id, accept: press.accept },
            this.conversation,
            this.scene.at,
          ),
        )
      case 'rate':
        return this.rated(press.answerId, press.good)
      case 'link':
        return this.acting('answer', (tx) =>
          this.deps.links.issue(tx, this.conversation.id, this.language, this.scene.at),
        )
    }
  }

  private menu(): Draft {
    return {
      outcome: 'greet',
      replies: [message(texts.menu(this.language), texts.mainMenu(this.language))],
      state: this.state,
    }
  }

  private rated(answerId: string, good: boolean): Draft {
    const reply = message(
      texts.say(good ? 'ratedUp' : 'ratedDown', this.language),
      good ? [] : [texts.button('officer', this.language)],
    )
    return {
      outcome: 'fixed',
      replies: [reply],
      state: this.state,
      act: async (tx) => {
        await this.deps.answerer.rate(tx, answerId, this.conversation.id, good)
        return { replies: [] }
      },
    }
  }

  private async own(language: 'vi' | 'en'): Promise<Draft> {
    return {
      outcome: 'status',
      replies: await this.deps.signUps.own({ ...this.speaker(), language }),
      state: this.state,
    }
  }

  private async officer(question: string, language: 'vi' | 'en'): Promise<Draft> {
    const since = this.conversation.waitingSince
    const closed = await this.deps.hours.closedNow(this.conversation.province, this.scene.at)
    const words = texts.say(since === null ? 'waitingOfficer' : 'stillWaiting', language)
    const text = closed === null ? words : `${words}\n${texts.outOfHours(closed, language)}`
    return {
      outcome: 'handoff',
      replies: [message(text, [texts.button('own', language)])],
      state: this.state,
      waiting: { since: since ?? this.scene.at, reason: question.slice(0, 300) },
    }
  }

  private data(input: { text: string } | { verb: DataRequest }): Draft {
    const { message: event, at } = this.scene
    const who = { ...this.conversation, channel: event.address.channel }
    return {
      outcome: 'personal_data',
      replies: [],
      state: this.state,
      act: async (tx) => {
        const reply = await this.deps.privacy.handle(tx, input, who, {
          state: this.state.dialogue,
          cause: `inbound:${event.id}`,
          at,
        })
        const messages = reply.handled
          ? reply.messages
          : [message(texts.say('stalePress', this.language), texts.mainMenu(this.language))]
        return {
          replies: messages,
          files: reply.files,
          state: { ...this.state, dialogue: reply.state },
          waiting: reply.handOver,
        }
      },
    }
  }

  private registration(press: { reference: string; verb: string }): Draft {
    return {
      outcome: 'status',
      replies: [],
      state: this.state,
      act: async (tx) => {
        const { replies, form } = await this.deps.signUps.press(tx, press, this.speaker(), this.scene.at)
        return form === null || form === undefined ? { replies } : { replies, state: this.opening(form) }
      },
    }
  }

  private async contact({ phone, own }: { phone: string; own: boolean }): Promise<Draft> {
    if (!this.state.form) return this.fixed('contactNotAsked', true)
    return await this.form({ ...input(phone), contact: { phone, own } }, phone)
  }

  private async form(answer: FormInput, text: string): Promise<Draft> {
    const { signUps } = this.deps
    const step = await signUps.step(this.state.form, answer, this.speaker(), this.scene.at)
    const filling: Draft = {
      outcome: 'form',
      replies: [step.reply],
      state: { ...this.state, form: step.form },
    }
    switch (step.effect.kind) {
      case 'none':
        return filling
      case 'cancelled':
        return { ...filling, state: { ...this.state, form: null, parked: step.effect.kept } }
      case 'discarded':
        return { ...filling, state: { ...this.state, form: null, parked: null } }
      case 'officer': {
        const draft = await this.officer(text, this.language)
        return { ...draft, state: { ...draft.state, form: step.form } }
      }
      case 'question': {
        const draft = await this.ask(text)
        if (draft.outcome === 'start_signup' || draft.outcome === 'unclear') return filling
        return {
          ...draft,
          state: { ...draft.state, form: step.form },
          replies: [...draft.replies, step.reply],
        }
      }
      case 'submit': {
        const { draft } = step.effect
        return {
          outcome: 'form',
          replies: [],
          state: { ...this.state, form: null, parked: null },
          act: async (tx) => {
            const { replies, form, province } = await signUps.submit(tx, draft, this.speaker(), this.scene.at)
            return {
              replies,
              ...(form === null || form === undefined ? {} : { state: this.opening(form) }),
              ...(this.conversation.province === null && province !== null ? { province } : {}),
            }
          },
        }
      }
    }
  }

  private async resume(): Promise<Draft> {
    const form = this.state.form ?? this.state.parked
    if (!form) return this.fixed('noParked', true)
    const step = await this.deps.signUps.resume(form, this.speaker(), this.scene.at)
    return {
      outcome: 'form',
      replies: [step.reply],
      state: { ...this.state, form: step.form, parked: null, dialogue: null },
    }
  }

  /** What a sign-up in words is about: named in the message, else carried from the answer before. */
  private async subject(
    guess: string | null,
    text: string,
  ): Promise<{ support: string | null; carried: string | null }> {
    const { rest, bare } = signUpWords(text)
    const { answerer } = this.deps
    if (bare && this.state.memory !== null) {
      // The memory is the answerer's own; asked with words that name nothing, it tells what it carries.
      const { support } = await answerer.answer(NAMES_NOTHING, this.context())
      if (support !== null) return { support: null, carried: support }
    }
    if (rest === '') return { support: null, carried: null }
    const named = (await answerer.understand(rest, this.context())).support
    return { support: bare || named === null ? named : guess, carried: null }
  }

  private async signUp(want: SignUpWant, named: string | null, language: 'vi' | 'en'): Promise<Draft> {
    const { conversation, scene } = this
    if ((await this.deps.switches.isOff('signup', conversation.province)) !== null)
      return this.fixed('signupOff', true)
    if (!this.deps.canRegister(conversation.address)) return this.fixed('anonymous')
    const there = scene.served.some(({ code }) => code === named) ? named : conversation.province
    const step = await this.deps.signUps.open(
      want,
      { ...this.speaker(), language, province: there },
      scene.at,
    )
    return { ...this.opened(step), province: there }
  }

  private opened(step: FormStep): Draft {
    return {
      outcome: 'start_signup',
      replies: [step.reply],
      state: step.form === null ? this.state : this.opening(step.form),
    }
  }

  /** A form that was open is parked, not lost. */
  private opening(form: unknown): ConversationState {
    return {
      ...this.state,
      form,
      parked: this.state.form ?? this.state.parked,
      pending: null,
      dialogue: null,
    }
  }

  private provinceButtons(): { label: string; send: string }[] {
    return this.scene.served.slice(0, 5).map(({ code, name }) => ({ label: name, send: `#province:${code}` }))
  }

  /** The province was pressed or named; the question that waited for it is answered. `text` is null for a button. */
  private async provinceNamed(code: string, text: string | null): Promise<Draft> {
    if (!this.scene.served.some((province) => province.code === code)) {
      const reply = message(texts.say('provinceUnknown', this.language), this.provinceButtons())
      return { outcome: 'fixed', replies: [reply], state: this.state }
    }
    const settled = { ...this.state, pending: null }
    const question = this.state.pending ?? text
    if (question !== null) {
      const there = new Turn(this.deps, {
        ...this.scene,
        conversation: { ...this.conversation, province: code, state: settled },
      })
      return { ...(await there.ask(question)), province: code }
    }
    const reply = message(texts.say('provinceSet', this.language), texts.mainMenu(this.language))
    return { outcome: 'fixed', replies: [reply], state: settled, province: code }
  }

  private acting(
    outcome: Draft['outcome'],
    run: (tx: Parameters<NonNullable<Draft['act']>>[0]) => Promise<OutboundMessage | OutboundMessage[]>,
  ): Draft {
    return {
      outcome,
      replies: [],
      state: this.state,
      act: async (tx) => ({ replies: [await run(tx)].flat() }),
    }
  }

  private speaker(): Speaker {
    const { id, address, province } = this.conversation
    return { id, address, province, language: this.language }
  }

  private context(): AnswerContext {
    return {
      province: this.conversation.province,
      language: this.language,
      memory: this.state.memory,
      at: this.scene.at,
      person: this.deps.digest(this.conversation.lane),
      known: () => this.deps.signUps.typed([this.state.form, this.state.parked], this.conversation.id),
      waitedMs: this.scene.waitedMs ?? 0,
    }
  }
}

/** A wish to sign up that no kind of support is called by. */
const NAMES_NOTHING = 'ghi tên'

const input = (text: string): FormInput => ({ text, send: null, looksLikeQuestion: false })
const asked = (text: string): FormInput =>
  looksLikeQuestion(text) ? { ...input(text), looksLikeQuestion: true, told: toldBesides(text) } : input(text)
const message = (text: string, actions: OutboundMessage['actions'] = []): OutboundMessage => ({
  text,
  citations: [],
  actions,
})
