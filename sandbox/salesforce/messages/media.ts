import { imageAsset, linkItem, staticMessage } from './items.js'

/** A picture in its own right. */
export const media = (filesUrl: string) =>
  staticMessage({
    formatType: 'Media',
    mediaAsset: imageAsset(filesUrl, 'Your container'),
    linkItems: [linkItem('Open the gallery', 'https://harbor.example/gallery')],
  })
