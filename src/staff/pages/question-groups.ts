/** Groups questions that ask the same in other words, so that one answer closes them together. Pure. */

export interface Question {
  readonly id: string
  readonly province: string | null
  readonly question: string
  readonly askedAt: Date
}

export interface QuestionGroup<Q extends Question> {
  /** The shortest wording, which stands for the group. */
  readonly lead: Q
  readonly questions: readonly Q[]
}

/** Words that are in every question and tell none apart, folded. */
const COMMON = new Set(
  'a ah ai anh ban bao bi cac cai can cho chi chua co con cua da dang de duoc em gi giup hay hoi khi khong la lam len minh muon nao nay ne nhe nhu nhung o oi qua ra sao se thi theo thi toi tu va ve vi voi xin'.split(
    ' ',
  ),
)
/** Share of common words from which two questions count as alike; tried on the evaluation set's paraphrases. */
const ALIKE = 0.5

function wordsOf(text: string): Set<string> {
  const plain = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd')
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && !COMMON.has(word))
  return new Set(words)
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  let shared = 0
  for (const word of a) if (b.has(word)) shared++
  return shared / (a.size + b.size - shared)
}

/** The largest groups first; within a province only. Compares with each group's members, so at most a few thousand. */
export function groupQuestions<Q extends Question>(questions: readonly Q[]): QuestionGroup<Q>[] {
  const groups: { province: string | null; words: Set<string>[]; questions: Q[] }[] = []
  for (const question of questions) {
    const words = wordsOf(question.question)
    const group = groups.find(
      (one) =>
        one.province === question.province && one.words.some((other) => likeness(words, other) >= ALIKE),
    )
    if (group === undefined)
      groups.push({ province: question.province, words: [words], questions: [question] })
    else {
      group.words.push(words)
      group.questions.push(question)
    }
  }
  return groups
    .map(({ questions: members }) => ({ lead: shortest(members), questions: members }))
    .sort(
      (a, b) =>
        b.questions.length - a.questions.length || b.lead.askedAt.getTime() - a.lead.askedAt.getTime(),
    )
}

function shortest<Q extends Question>(questions: readonly Q[]): Q {
  return questions.reduce((best, one) => (one.question.length < best.question.length ? one : best))
}
