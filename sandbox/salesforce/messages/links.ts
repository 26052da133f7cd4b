import { imageAsset, linkItem, staticMessage } from './items.js'

/** A link with a preview picture. */
export const richLink = (filesUrl: string) =>
  staticMessage({
    formatType: 'RichLink',
    image: imageAsset(filesUrl, 'The harbour from above'),
    linkItem: linkItem('Harbor map', 'https://harbor.example/map'),
  })

/** A bare link: the schema takes exactly one. */
export const links = () =>
  staticMessage({ formatType: 'Links', links: [{ url: 'https://harbor.example/tides' }] })

/** A page to be shown inside the chat. */
export const webView = () =>
  staticMessage({
    formatType: 'WebView',
    url: 'https://harbor.example/live',
    displayType: 'AutoOverlay',
    title: { itemType: 'TitleItem', title: 'Live view of the quay' },
    parameters: [{ name: 'berth', value: { valueType: 'TextValue', textValue: '4' } }],
  })
