/** Vue leaves the tag to the browser. */
export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  vue: { compilerOptions: { isCustomElement: (tag) => tag === 'miaw-chat' } },
})
