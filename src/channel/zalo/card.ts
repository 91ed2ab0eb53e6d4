import { crc32, deflateSync } from 'node:zlib'

/** The picture of the contact card: a plain field in the console's colour, drawn here so that no file has to be shipped. */

const WIDTH = 640
const HEIGHT = 360
const COLOUR = [0x0b, 0x5e, 0x8a] as const

let picture: Uint8Array<ArrayBuffer> | null = null

/** A PNG of 640 × 360, under 2 KB (Zalo takes up to 1 MB). */
export function cardPicture(): Uint8Array<ArrayBuffer> {
  picture ??= draw()
  return picture
}

function draw(): Uint8Array<ArrayBuffer> {
  const line = Buffer.alloc(1 + WIDTH * 3)
  for (let x = 0; x < WIDTH; x++) line.set(COLOUR, 1 + x * 3)
  const pixels = Buffer.concat(Array.from({ length: HEIGHT }, () => line))
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits, RGB, no interlace
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return new Uint8Array(
    Buffer.concat([
      signature,
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(pixels)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  )
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(8)
  framed.writeUInt32BE(data.length, 0)
  framed.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([framed.subarray(0, 4), body, framed.subarray(4)])
}
