import { createElement, Fragment, type ReactNode, useMemo, useSyncExternalStore } from 'react'
import { createPart } from '../part.js'
import { Bubble, Linkified } from './bubble.js'
import { Link } from './link.js'
import type { Block } from './markdown-blocks.js'
import type { Inline } from './markdown-inline.js'
import type { ReadText } from './markdown-reader.js'

type InlinesOf = ReadText['inlinesOf']

/** Makes a node of each item. Their order never changes, so that they need no keys. */
function nodesOf<T>(items: readonly T[], toNode: (item: T) => ReactNode): ReactNode {
  return createElement(Fragment, null, ...items.map(toNode))
}

function inlineNode(inline: Inline, isInLink: boolean): ReactNode {
  if (typeof inline === 'string') return isInLink ? inline : <Linkified text={inline} />
  switch (inline.kind) {
    case 'code':
      return <code>{inline.text}</code>
    case 'link':
      return <Link url={inline.url}>{inlineNodes(inline.children, true)}</Link>
    case 'em':
      return <em>{inlineNodes(inline.children, isInLink)}</em>
    case 'strong':
      return <strong>{inlineNodes(inline.children, isInLink)}</strong>
  }
}

function inlineNodes(inlines: readonly Inline[], isInLink = false): ReactNode {
  return nodesOf(inlines, (inline) => inlineNode(inline, isInLink))
}

type WordsProps = { text: string; inlinesOf: InlinesOf }

/** Shows a text with inline marks. */
function Words({ text, inlinesOf }: WordsProps) {
  return inlineNodes(inlinesOf(text))
}

type Props<Kind extends Block['kind']> = {
  block: Extract<Block, { kind: Kind }>
  inlinesOf: InlinesOf
}

/** Shows an item of a list; one of a single paragraph shows its words alone. */
function Item({ blocks, inlinesOf }: { blocks: Block[]; inlinesOf: InlinesOf }) {
  const [first, ...rest] = blocks
  if (first?.kind !== 'paragraph') return blocksOf(blocks, inlinesOf)
  return (
    <>
      <Words text={first.text} inlinesOf={inlinesOf} />
      {blocksOf(rest, inlinesOf)}
    </>
  )
}

function List({ block: { start, items }, inlinesOf }: Props<'list'>) {
  const children = nodesOf(items, (blocks) => (
    <li>
      <Item blocks={blocks} inlinesOf={inlinesOf} />
    </li>
  ))
  if (start === undefined) return <ul dir="auto">{children}</ul>
  return (
    <ol dir="auto" start={start}>
      {children}
    </ol>
  )
}

function Table({ block: { rows }, inlinesOf }: Props<'table'>) {
  const [head = [], ...body] = rows
  const words = (text: string) => <Words text={text} inlinesOf={inlinesOf} />
  const heads = nodesOf(head, (text) => (text ? <th scope="col">{words(text)}</th> : <td />))
  const lines = nodesOf(body, (row) => (
    <tr>
      {nodesOf(row, (text) => (
        <td>{words(text)}</td>
      ))}
    </tr>
  ))
  return (
    <table dir="auto">
      <thead>
        <tr>{heads}</tr>
      </thead>
      {body.length > 0 && <tbody>{lines}</tbody>}
    </table>
  )
}

function BlockOf({ block, inlinesOf }: Props<Block['kind']>) {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      // A heading of a message is none of the page's: it only looks like one.
      return (
        <p dir="auto" className={block.kind === 'heading' ? 'miaw-markdown-heading' : undefined}>
          <Words text={block.text} inlinesOf={inlinesOf} />
        </p>
      )
    case 'code':
      return (
        <pre dir="ltr">
          <code>{block.text}</code>
        </pre>
      )
    case 'quote':
      return <blockquote dir="auto">{blocksOf(block.blocks, inlinesOf)}</blockquote>
    case 'list':
      return <List block={block} inlinesOf={inlinesOf} />
    case 'table':
      return <Table block={block} inlinesOf={inlinesOf} />
    case 'rule':
      return <hr />
  }
}

function blocksOf(blocks: readonly Block[], inlinesOf: InlinesOf): ReactNode {
  return nodesOf(blocks, (block) => <BlockOf block={block} inlinesOf={inlinesOf} />)
}

/** Reads Markdown, from the first text that has marks on. */
export const markdownReader = createPart(
  async () => (await import('./markdown-reader.js')).readText,
)

/**
 * Shows a Markdown text in a bubble, as elements; its addresses are checked like all others. Until
 * the reader is loaded, the text is shown as it was written.
 */
export function Markdown({ text }: { text: string }) {
  const { subscribe, get } = markdownReader
  const readText = useSyncExternalStore(subscribe, get, get)
  const read = useMemo(() => readText?.(text), [readText, text])
  if (!read) return <Bubble text={text} />
  const { blocks, inlinesOf } = read
  return <div className="miaw-bubble miaw-markdown">{blocksOf(blocks, inlinesOf)}</div>
}
