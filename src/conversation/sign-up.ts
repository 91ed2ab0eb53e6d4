import { plainKey } from '../vietnamese/names.ts'

/**
 * What a wish to sign up says besides the wish. A word that only asks to sign up ("đăng ký", "ghi danh") never names a
 * kind of support by itself, although names of supports contain it ("đăng ký nhãn hiệu").
 */
export interface SignUpWords {
  /** The message without the words of asking, as written; '' when nothing else was said. */
  readonly rest: string
  /** Nothing is said about what: the subject is the one talked about before. */
  readonly bare: boolean
}

const ASKING = new Set(
  `dang ky|dang ki|ghi danh|ghi ten|sign up|bay gio|noi dung|cai nay|cai do|viec nay|viec do|ho tro|ho so|lam on|chung toi|chung em|tham gia
   |dk|dki|dky|signup|register|registration|sign|up|enrol|enroll|vay|thi|luon|di|nhe|nha|nhen|nhi|a|voi|giup|gium|dum|cho|toi|tui|em|minh
   |e|t|mik|mk|anh|chi|ad|ban|oi|u|ua|uh|um|o|ok|oke|okay|da|vang|duoc|dc|roi|muon|can|xin|la|ngay|lam|hen|nghen|ne|the|nay|do|ma|nua
   |ghi|mot suat|hai suat|1 suat|2 suat|mot slot|1 slot|mot chan|1 chan|mot cho|1 cho|may suat
   |please|i|want|to|would|like|me|my|us|for|now|yes|it|that|this|let|lets|can|d|we|our`
    .split('|')
    .map((word) => word.trim()),
)
/** Who it is for tells what it is about only when nothing was talked about before ("bệnh viện tôi"). */
const WHOM = new Set(
  'cong ty|doanh nghiep|hop tac xa|truong hoc|co so|don vi|benh vien|phong kham|trang trai|ho kinh doanh|cty|dn|htx|truong|ben|nha|ho|chung|company|cooperative|school|business|enterprise|cua'.split(
    '|',
  ),
)

export function signUpWords(text: string): SignUpWords {
  const words = text.split(/\s+/).filter((word) => plainKey(word) !== '')
  const rest = without(words, ASKING)
  return { rest: rest.join(' '), bare: without(rest, WHOM).length === 0 }
}

/** Takes out words and pairs of words, compared without tone marks. */
function without(words: readonly string[], known: ReadonlySet<string>): string[] {
  const keys = words.map(plainKey)
  const kept: string[] = []
  for (let i = 0; i < words.length; i++) {
    if (known.has(`${keys[i]} ${keys[i + 1] ?? ''}`)) i++
    else if (!known.has(keys[i] ?? '')) kept.push(words[i] ?? '')
  }
  return kept
}
