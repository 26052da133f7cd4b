/** Reads the SAM template as data: `!Ref X` becomes `{ ref: 'X' }`. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'

const tags = ['Ref', 'GetAtt', 'Sub'].map((name) => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [name.toLowerCase()]: text }),
}))

const text = z.union([z.string(), z.object({ ref: z.string() })])

const schema = z.object({
  Parameters: z.record(
    z.string(),
    z.object({
      Type: z.literal('String'),
      NoEcho: z.boolean().default(false),
      Default: z.string().optional(),
      AllowedPattern: z.string().optional(),
    }),
  ),
  Resources: z.object({
    Gateway: z.object({
      Metadata: z.object({
        BuildMethod: z.literal('esbuild'),
        BuildProperties: z.object({
          EntryPoints: z.tuple([z.string()]),
          Format: z.enum(['cjs', 'esm']),
          Target: z.string(),
          Minify: z.boolean(),
          Sourcemap: z.boolean(),
        }),
      }),
      Properties: z.object({
        CodeUri: z.string(),
        Handler: z.string(),
        Runtime: z.string(),
        MemorySize: z.number(),
        Timeout: z.number(),
        Environment: z.object({ Variables: z.record(z.string(), text) }),
        FunctionUrlConfig: z.strictObject({ AuthType: z.literal('NONE') }),
        Events: z.object({ Everything: z.object({ Type: z.literal('HttpApi') }) }),
      }),
    }),
    HttpApi: z.strictObject({ Type: z.literal('AWS::Serverless::HttpApi') }),
  }),
})

export const template = schema.parse(
  parse(readFileSync('platforms/template.yaml', 'utf8'), { customTags: tags }),
)
