import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** On this origin the gateway is asked through Vite, as it is in production when it serves these pages. */
export default defineConfig({
  plugins: [vue()],
  server: { proxy: { '/api': process.env.GATEWAY ?? 'http://127.0.0.1:3000' } },
})
