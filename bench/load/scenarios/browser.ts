import { smallBytes } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

// What Chrome sends for a page's fetch() call, with a session and two analytics cookies: with Host, 15 fields, about 1 KB.
const chromeFields = {
  Connection: 'keep-alive',
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  Accept: 'application/json, text/plain, */*',
  'X-Requested-With': 'XMLHttpRequest',
  'Sec-Fetch-Site': 'same-origin',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Dest': 'empty',
  Referer: 'https://shop.example.com/catalogue/shoes?page=3&sort=price',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  Cookie:
    'session=3f1c9a7be2d84c55a0b6f7d1e9c24a18; _ga=GA1.1.1203948572.1712345678; ' +
    '_ga_7XQ2M1=GS1.1.1712345678.4.1.1712345999.0.0.0; theme=dark; consent=analytics%3Dfalse',
};

export const browser = defineExchangeScenario({
  name: 'browser',
  summary: `64 keep-alive connections, GET with 15 header fields and cookies, ${smallBytes}-byte response`,
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({ connections: 64, headers: chromeFields }),
  unit: 'req',
  latency: true,
});
