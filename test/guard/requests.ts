const requestOf = (lines: readonly string[], body = '') =>
  Buffer.from(`${[...lines, '', ''].join('\r\n')}${body}`, 'latin1');

/** A request as small as they come. */
export const small = requestOf(['GET /v1/items?page=2 HTTP/1.1', 'Host: api.example.com']);

/** What the allocation guard sends, by the name that its figure has. */
export const requests: Readonly<Record<string, Buffer>> = {
  small,
  browser: requestOf([
    'GET /catalogue/shoes?page=3 HTTP/1.1',
    'Host: shop.example.com',
    'Connection: keep-alive',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
    'Cache-Control: no-cache',
    'Referer: https://shop.example.com/catalogue',
    'Sec-Fetch-Dest: document',
    'Sec-Fetch-Mode: navigate',
    'Sec-Fetch-Site: same-origin',
    'Upgrade-Insecure-Requests: 1',
    'Cookie: session=3f1c9a7be2d84c55a0b6f7d1e9c24a18; _ga=GA1.1.1203948572.1712345678; theme=dark',
  ]),
  upload: requestOf(
    ['POST /v1/items HTTP/1.1', 'Host: api.example.com', 'Transfer-Encoding: chunked'],
    `400\r\n${'x'.repeat(0x400)}\r\n0\r\n\r\n`,
  ),
};
