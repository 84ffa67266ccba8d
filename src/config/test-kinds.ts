import { didYouMean } from '../foundation/did-you-mean.ts';
import { trialRefusals } from '../trial/try-request.ts';
import { definePattern, type Kind } from './kind.ts';
import { quote } from './problem.ts';

export const testRequest: Kind = definePattern(
  'a method and a URL, such as GET http://example.com/path',
  /^[^\s\p{Cc}]+ [^\p{Cc}]+$/u,
  'is not a request',
);

/** What a request may be expected to come to, when no route takes it. */
export const refusal: Kind = {
  allowed: 'a map with route, pool, or what lb refuses the request with, such as no_route',
  complain(text) {
    if (trialRefusals.some((reason) => reason === text)) return null;
    const advice = didYouMean(text, trialRefusals) || `; needs ${refusal.allowed}`;
    return `${quote(text)} is not what a request can be refused for${advice}`;
  },
};
