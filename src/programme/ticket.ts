import { toBuffer } from 'qrcode'

/** A QR of the check-in address as PNG, large enough to be read from a cheap phone's screen. */
export async function ticketPng(url: string): Promise<Uint8Array> {
  return await toBuffer(url, { type: 'png', errorCorrectionLevel: 'M', margin: 4, width: 480 })
}
