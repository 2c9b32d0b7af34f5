import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import * as node from "node:zlib";
import * as browser from "../../lib/share/browser/zlib.ts";

const data = crypto.getRandomValues(new Uint8Array(5000));

Deno.test("the browser's zlib writes what Node's reads, and the other way round", () => {
  assertEquals(new Uint8Array(node.inflateSync(browser.deflateSync(data, { level: 6 }))), data);
  assertEquals(browser.inflateSync(node.deflateSync(data), { maxOutputLength: 5000 }), data);
  assertThrows(() => browser.inflateSync(node.deflateSync(data), { maxOutputLength: 4999 }), RangeError);
});

Deno.test("crc32() equals Node's, at once and continued", () => {
  assertEquals(browser.crc32(data), node.crc32(data));
  assertEquals(browser.crc32(data, browser.crc32("IDAT")), node.crc32(data, node.crc32("IDAT")));
});
