import { randomUUID } from 'node:crypto'
import type { Db } from '../../src/database/index.ts'
import { APPLICANT, addEvent, insert } from '../../src/registration/store.ts'
import type { Values } from '../../src/registration/values.ts'
import type { Vault } from '../../src/vault/index.ts'

export interface Wanted {
  province?: string
  enterprise?: string
  contact?: string
  phone?: string
  taxCode?: string
  commune?: string
  need?: string
  support?: string
  supportName?: string
  at?: Date
  conversation?: { id: string; address: { channel: 'web'; account: string; person: string } }
}

/** A registration as the form would have stored it, with the first line of its history. */
export async function registration(
  db: Db,
  vault: Vault,
  wanted: Wanted = {},
): Promise<{ id: string; reference: string }> {
  const label = (value: string) => ({ value, label: value })
  const support = wanted.support ?? 'training_5s'
  const values: Values = {
    support: { value: support, label: wanted.supportName ?? 'Đào tạo 5S' },
    enterprise: label(wanted.enterprise ?? 'HTX Nông nghiệp Phước Hậu'),
    enterprise_type: { value: 'cooperative', label: 'Hợp tác xã' },
    contact: label(wanted.contact ?? 'Nguyễn Thị Hoà'),
    phone: { value: wanted.phone ?? '+84912345678', label: '0912 345 678' },
    commune: { value: '22870', label: wanted.commune ?? 'Xã Phước Hữu' },
    ...(wanted.taxCode ? { tax_code: label(wanted.taxCode) } : {}),
    ...(wanted.need ? { need: label(wanted.need) } : {}),
  }
  const at = wanted.at ?? new Date()
  const conversation = wanted.conversation ?? {
    id: randomUUID(),
    address: { channel: 'web' as const, account: 'w', person: randomUUID() },
  }
  const made = await insert(
    db,
    {
      formKey: randomUUID(),
      kind: 'interest',
      support,
      classId: null,
      province: wanted.province ?? 'ninh-thuan',
      language: 'vi',
      values,
      conversationId: conversation.id,
      address: conversation.address,
      linkedTo: null,
      at,
    },
    vault,
  )
  if (made === null) throw new Error('not stored')
  await addEvent(db, made, { kind: 'submitted', actor: APPLICANT, at })
  return made
}
