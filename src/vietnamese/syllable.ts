/** Which letter strings can be a Vietnamese syllable at all, known word or not. */

const ONSETS = 'b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x'

/** Rimes without tone, written as after any onset; "gi" and "qu" take theirs without the i or u. */
const RIMES = [
  'a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay',
  'ăc|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây',
  'e|ec|em|en|eng|eo|ep|et|ê|êch|êm|ên|ênh|êp|êt|êu',
  'i|ia|ich|iêc|iêm|iên|iêng|iêp|iêt|iêu|im|in|inh|ip|it|iu',
  'o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oăc|oăm|oăn|oăng|oăt|oc|oe|oen|oeo|oet|oi|om|on|ong|ooc|oong|op|ot',
  'ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|ơn|ơp|ơt',
  'u|ua|uân|uâng|uât|uây|uc|uê|uêch|uênh|ui|um|un|ung|uơ|up|ut|uôc|uôi|uôm|uôn|uông|uôt|uy|uya|uych|uyên|uyêt|uynh|uyt|uyp|uyn|uyu',
  'ư|ưa|ưc|ưi|ưm|ưn|ưng|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|ưt|ưu',
  'y|yêm|yên|yêng|yêt|yêu|uêt|uên|ênh|oong',
].join('|')

const SHAPE = new RegExp(`^(${ONSETS})?(${RIMES})$`, 'u')
const AFTER_QU = new RegExp(`^qu(${RIMES})$`, 'u')
const AFTER_GI = new RegExp(`^gi(?:${RIMES}|n|m|)$`, 'u')
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/gu
/** A syllable closed by a stop takes only sắc and nặng when its tone is written. */
const STOPPED = /(?:c|ch|p|t)$/
const HIGH_OR_HEAVY = /[\u0301\u0323]/u

/** True for a form that follows Vietnamese spelling ("quẹo", "mần"); false for "giuh", "thuạan", "support". */
export function isSyllable(form: string): boolean {
  if (form.length > 8) return false
  const decomposed = form.toLowerCase().normalize('NFD')
  const tones = decomposed.match(TONE) ?? []
  if (tones.length > 1) return false
  const bare = decomposed.replace(TONE, '').normalize('NFC')
  const shaped = bare.startsWith('qu') ? AFTER_QU.test(bare) : SHAPE.test(bare) || AFTER_GI.test(bare)
  if (!shaped) return false
  // Without any mark it may be an unmarked word; with a vowel mark but no tone, a stop would need its tone.
  const marked = bare !== bare.normalize('NFD').replace(/\p{M}/gu, '')
  return !STOPPED.test(bare) || tones.length === 0
    ? !(STOPPED.test(bare) && marked)
    : HIGH_OR_HEAVY.test(tones[0] ?? '')
}
