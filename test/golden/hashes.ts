// SHA-256 content hashes of the trainings in golden.test.ts. Made by running them; changed only on purpose.

export const GOLDEN: Readonly<Record<string, string>> = {
  'bagged classes, strict': '2567f1897ca33c0d9de42302d20e1625fcea80a2bd95f71e39a7731bb84b18ce',
  'bagged classes, fused': 'ab124dd052749508ab9767db2c32dea236f777b090050269cdc56c75da3df67a',
  'bagged numbers, strict': '02816a02f976fc18187107faf26c7ec2f9db61d1da84fd2244cfcd09c40d26d9',
  'bagged numbers, fused': '58db4954d1f3ed1b81a5f5d3c8f98dc3cf0a9943951407f4263f1a1bb75b498b',
  'one unit, strict': '9dfa44670e062bded7d8699311b1f4a733d64663fe3064bc718b10ace65d4e06',
  'one unit, fused': 'c16aad067dd26b388dda79dc2cdd9e58faf55a0a8609fd3f9bfec77e2c2bf08f',
  'sgd, momentum, a step schedule, strict':
    '44073ed6744488cae2d8a5535b5fa6fe78e9ed0e804b750880260559797f34c2',
  'sgd, momentum, a step schedule, fused': '05e4017d5c6e05bd0184c7927f1383856ad1597428679b7dfd63cfea539f3fbb',
  'adamW, norm penalties, cosine, strict': 'b3e45cb59c43c9e040260684d689d9bc4d4d35a419bb5b237e7e082dc30bdecd',
  'adamW, norm penalties, cosine, fused': '4edf55cacafa2c6b7ccc921b58d3598eb7afeb937df4c504ab54e5922ad255cb',
  'gelu, tanh, a random subspace, strict': '70ca63b86424e88ce3c1e5513ea3250b9dc2440b0451d90506dd2abd0f7ee4b5',
  'gelu, tanh, a random subspace, fused': 'c91c0cee5bb0f011465bb7ba6fc56f7ca8d60fe031c1af7eac81d812c1351e06',
  'early stopping out of bag, strict': 'a1a7087c3456e84f154c64cdd2d3b129d67dc3936f11111e2cf4f128e7da031e',
  'early stopping out of bag, fused': '2d52905f4028c373ff5bc80881a38d8d13b485802ed307669a383f01bde144e4',
  'early stopping on validation rows, strict':
    'f79e74eff80063051389331913ecf0896b6bf3f4aefe52027daf5d64d4101a2b',
  'early stopping on validation rows, fused':
    'f0a1d2168f429173bd9eb33063c360f43acf5c7abda9c2c9cc8a1ede6622d6d3',
  'Gaussian heads, strict': '2ac8523131f2115edfdb63cddc4d7e2d5826420ba3c0acb4739f6838cc7a4152',
  'Gaussian heads, fused': 'd4a5b923c2e4b651c7f39c1baba81c36365f8c8fdb0e348491dcfc554dedb991',
  'dropout, noise, smoothing, an activity penalty, strict':
    '019eb9aff5f562ae45626a9d03556fc525c31cb98456c9bed16efbc8d1ad2678',
  'dropout, noise, smoothing, an activity penalty, fused':
    'e5e0a2ef105a50c4990f67f770b55c938c22b050e817ffef5f5cd5c62acd2dd4',
  'adversarial examples, strict': 'e747cac0ad3d4a7d83dec2a95a0b212c0c8858d1315c405af25b37f530d8c5c2',
  'adversarial examples, fused': '3aac99227cdc3304715cffbc0b4b81ab468389bcd73a6b3fbb03f6f10bf8c52c',
  'tangents of images, convolution and pooling, strict':
    '2c297bad4ceb05ec37f66123158a2920c82d3d8b3677b2b507c7d7fda1884464',
  'tangents of images, convolution and pooling, fused':
    'f2dec13ab472df08fa2dcea8d69571a39790962314e07e389fa57a13a4b64c95',
  'tied in rounds, drawn without replacement, strict':
    '0ef989d8bdd6f99b4e31b7581323ea39363d9bbd2276039aa7165878070d5697',
  'tied in rounds, drawn without replacement, fused':
    'da987407e22fa4fd42e70fc61808ccfc0b611a5a6ef3242e3abf0c5630384fd9',
  'tied exactly, stratified, strict': '9fa332b582f9e2680658459318f3532ad7ee9be9c49c555b1469f1ed33ac7ba4',
  'tied exactly, stratified, fused': 'c612f259c5e0cb2ac0b34cddd1959c7c73eadc4237353676e9f5e862c1a04371',
  'snapshots, strict': 'fb2a85d8df0f1d2210e7d39ddfc499107e837fc1814c2cd94a29a46c41646ff0',
  'snapshots, fused': '543af00b7d14efcffa42e64d1c876db8578309ce80f5959a67a2b4fb336db0e3',
  'nearest neighbours, strict': 'c41716c8a58c59eae0fc5f0d5adeda98f96c46edde0667831065d32566cc04ce',
  'nearest neighbours, fused': '4b6dea637313da220c1420cec0392bef4f71b49a7dc9f5b35a073d0bce525a43',
};
