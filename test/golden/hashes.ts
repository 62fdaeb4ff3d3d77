// SHA-256 content hashes of the trainings in golden.test.ts. Made by running them; changed only on purpose.

export const GOLDEN: Readonly<Record<string, string>> = {
  'bagged classes, strict': '4a4eb214d271bd5d8fefed16a20fc8aa08743ab629efed7dd2a26a16cf36a636',
  'bagged classes, fused': 'a3625cce994357790e3c0579da6bc9795a99ee8f4f6d29347154590e0d9d52df',
  'bagged numbers, strict': '84c712c10a40b8be7f59160f18a3cbb2ebd99919f4c9612a7edbc7d54e028100',
  'bagged numbers, fused': 'b39809036733b4d7197e937e2a7206fc125c0bd5ba7a996cf677ddea7b0fcf4f',
  'one unit, strict': '0b4e11db2fea064fd1c9d88aaf42a708a6ff129664d318c1a6413293a2afcad6',
  'one unit, fused': '20ecb8bc54eb7c428db0ee830dd664570ac90c4d7a771209293a2926ef38f0f7',
  'norms and residual blocks, strict': '52de0452b824060436f69ec12f36bbc6e61a4776e99013217cb3ddc2a0bef403',
  'norms and residual blocks, fused': 'bb133760157d39b1dc364ab26965765eab36d3c2974aff75bbe41374a4e7379a',
  'sgd, momentum, a step schedule, strict':
    'd8f9b359ad98def09e8e82ef5da14c60c108fc04a2aada39bc80251b7c8d61c6',
  'sgd, momentum, a step schedule, fused': 'aa428e09111300ed507a22efef34bacc7f9e6cb35c8b94e46d59979563b2e60f',
  'adamW, norm penalties, cosine, strict': '937d17b729b8cd9d3b38e1bbff3d74289ea13f0c7a998f50fd7625fb07b4605f',
  'adamW, norm penalties, cosine, fused': '940f2878fd0affa5916c6993c4241441b87f55a64a79de14d5a880d739bf5fd6',
  'gelu, tanh, a random subspace, strict': 'f2428b4fe09c05c0bc5f95efe355640bc56657477ab0e1854f985cf2f55c5ccc',
  'gelu, tanh, a random subspace, fused': '22d70eb8c59d0be3bf2afde5603e9d83d597aa54e622ad4f9de759b5f2089ab2',
  'early stopping out of bag, strict': '9c11cf4b2f5c9c2da58a2fdbd6e53dc1d2e7c2c57896536ef6f171429a0fca8d',
  'early stopping out of bag, fused': 'e48bd483060dbbd943d554ece880c5c4312ad90652a1a98d8ef569cff0d81775',
  'early stopping on validation rows, strict':
    '7e60d1996fa74f556dbef3d6f5242bb57e8921f0b6e141d79caefcdd1678685c',
  'early stopping on validation rows, fused':
    'dddc7573ee89286bfcdc8a6e96e20d6b2185c8cec19a7341c80e86f88b652e22',
  'Gaussian heads, strict': 'dba1a4145bb280e17057adedba1e0a01040304347b4c011e0d80fd5ed0f56540',
  'Gaussian heads, fused': 'f74a05819656c02b5b8401bb4223981cd1d75c32c7add7369deaae25dea8eab4',
  'dropout, noise, smoothing, an activity penalty, strict':
    'b66da60521372981a091fcaf8ce79078f68e728c4dd9c6d310bd8318ec561a98',
  'dropout, noise, smoothing, an activity penalty, fused':
    'ef5f8908057bc14262948100a33cb51242330ffcb865ee25893c10ae87120903',
  'adversarial examples, strict': 'd6f27038da1fe0ca8531adda4079891c8c8170ad684cdd2543f9321df51c0bfe',
  'adversarial examples, fused': '55180fc4eab04f20e274a15ac49b9c7c02beafc55ed70a1e0b67980e5a42a5e9',
  'tangents of images, convolution and pooling, strict':
    'd9922b4afa509bf48f62f85662fa846ec44f64536e42abcbe889f573a90d5510',
  'tangents of images, convolution and pooling, fused':
    '450336dc10dc47dcbf3f0350eeb82577127589aaf2e7862ccdc510cd0c88848d',
  'tied in rounds, drawn without replacement, strict':
    '854d65247702f2c69df719578dd4d3c8c1c6cacf98eea4b9df725bf6a9e91e47',
  'tied in rounds, drawn without replacement, fused':
    '4aa8b2e220b919192d8bcee821947b24f0477f93682e51d95b9a69fd988e4a36',
  'tied exactly, stratified, strict': 'ea4ef3603e01f8e78e43022a0d3f835b3fff9c3cd87e9aee7e9acb6d2d014587',
  'tied exactly, stratified, fused': 'e9037e786e47787d7100b648c5bf007ed883d941a5cae2e57d9378643d1542ba',
  'snapshots, strict': '51582c1937e1cb5b7c7b58bcfe3f837a1667f9e664b5d57371cca189c82a88f0',
  'snapshots, fused': '9c4a1bed214e07639d8b5e2dd3c1c59578323b206ae19e38c813db7cf0f2ceb4',
  'one logit, leakyRelu, Nesterov, strict':
    '64daab1908482914e01f41584684c12d9d08aca36ceea99cd224df931a1d029a',
  'one logit, leakyRelu, Nesterov, fused': 'f33a3ac26b6c76b3b88330df8a069518247496972df714f3c05af31872c91bb0',
  'softplus, adam with penalties, several column panels, strict':
    'ef2e17b44e98e20752f0d13d890ac520cca39907c27e9a4b28882e948b61efd2',
  'softplus, adam with penalties, several column panels, fused':
    'c082217b0ca1ca43511c72df3f64b5d24b1079fc197bd3251c846f5ad6c3f286',
  'convolutions with strides and padding, average pooling, one unit, strict':
    'd91195e341861c6411298a496a81ec191f6e993e7a0c5a1d3963350146e9a801',
  'convolutions with strides and padding, average pooling, one unit, fused':
    '892d1a764a689baffe203a7240745b648a71eeedb09cc5390a82d88c0c5665f0',
  'adversarial examples in several steps of L2, strict':
    '7811fc413b07f715ab10b63fe13b11f39c5a4ce184bb4d3553d396da0319fce7',
  'adversarial examples in several steps of L2, fused':
    '96a8e063ff64dac0391b8986c09c7cecee0359c3d48a006181c79c3990ec1ffe',
  'nearest neighbours, strict': 'c41716c8a58c59eae0fc5f0d5adeda98f96c46edde0667831065d32566cc04ce',
  'nearest neighbours, fused': '4b6dea637313da220c1420cec0392bef4f71b49a7dc9f5b35a073d0bce525a43',
  'diverged members that began again, strict':
    'f86ad29357d58d32ebbcbc1b0650e628167d8e3bd8e62d5ecc747bb06b8dcd03',
  'diverged members that began again, fused':
    '5e8bcef89f42e623301e43336d2c1b883df925fbb97b5424b107c3a7855c784c',
  'diverged members tied in rounds that began again, strict':
    'a20aa1c1b36754f841bf6f02b3955aedc576e57f9a7a71fa7462377ed30aa641',
  'diverged members tied in rounds that began again, fused':
    'aea09fefddc6012f275e7a8186bcd4a3317fbd82b29e597766bf558164dcc215',
  'diverged members tied exactly that began again, strict':
    '2636bc20efeebf470ab627d237ce7ef780602d6a368df1b7218a0b2d44adedd3',
  'diverged members tied exactly that began again, fused':
    '82859347f84894fe3dcd8bddf8f7f21ce503f37c95b1c73baf9b0722696e5d35',
  'submodels that share weights, strict': 'b312a5e69bd6a7c38d3d8240ca391f0a1267a2a82651b47ef12800cfad7aec5e',
  'submodels that share weights, fused': '78af29bd9bb3617525ab814e1f2ab93ec4ae9ee3b824c246824d19b41fa7c24a',
  'submodels that divide batches under masks, strict':
    '4cc20e3255c92a77e20c9c1c7d5528969c0abf354371b59ec8462587438f74fe',
  'submodels that divide batches under masks, fused':
    'a66466247ae1c483070863f9b74c142d02d0bd7a51d1dc7ba573e83b084422df',
  'boosted trees, strict': '2cd5f5361ab9d2c686905e5e792a994ea355a4f3371763143744ac09176a4e49',
  'boosted trees, fused': 'b63d8170944308a5eeafaa3f68131d51f7c482489ede6e48aa3324028d6f272a',
  'muon, clipped gradients, mixup, averages, late schedules, strict':
    '5fcfcabae893cceace6b42ef84938191873c515a8c64c2a59abaa359afa3aeea',
  'muon, clipped gradients, mixup, averages, late schedules, fused':
    '6093c40359bdb1fb4e2f55b3cb350186778da93eee79846ea2a45cfacdd4eaa6',
  'losses of numbers, strict': '384fb38cccaf7a1c346a58f0de139f221f57eb4a31c35b5c7cb6e4c056da4915',
  'losses of numbers, fused': '7a92652610130316558d15438ce89c4aa81d391a561b350e295e1077635125be',
  'embedded numbers and factors of inputs, strict':
    '4825ce6933a461339ceeedd433b825c1d3f59d3418b1d47ed9f4b3422d0371ac',
  'embedded numbers and factors of inputs, fused':
    '38ee269a8d27f325df76788c61822ce33c8e9ec1e3787f7e4d461014857ffef9',
  'members drawn of swag, strict': '1eed342237c57e6f082a48f473d57dcb941065d1f26717cf2f5d8dcb7f47e3be',
  'members drawn of swag, fused': '920ca22a954c409c70d3828ba78c4f5c06d50638e9c4b34fb6a5fc3a6e036c75',
  'fast geometric snapshots, strict': '6204d0f0e35d1bde695a830303206fed49b43eaa86ea5b9e0a3805417eead847',
  'fast geometric snapshots, fused': '4e7236a6f92080915827c52759b4717f511ae06c1e19612dbf7fc8e6922654e5',
  'submodels with factors, strict': '6bb58049c6bae9bf05a2a52fb155a71e041e74dd1230cdaba3aa5afc93027ae8',
  'submodels with factors, fused': '0b7e5fa7037cafb89b1f8316289d2d4f3a278e611361698632638286d6263036',
  'submodels with factors of the first layer, strict':
    '11521504016f969ed6d238f65842726ff91d878f68e5f9144b51b9b7c4af6a28',
  'submodels with factors of the first layer, fused':
    '17832490112d24c505f435974fc99f131a9d1ce2622472289a7272a8c1ee9010',
  'packed submodels, strict': 'af1dd1251d31d4346d8b7d27add8fad85078e7e8aa4e1ee334a82754445c0f73',
  'packed submodels, fused': 'f26d4fe7ca9c613eea6953506896136f624c76aa1ff8bf88903b660b96a152b6',
  'gradient boosting of classes, strict': '0d8c0dac175f491e7d5a15f11aaceaacb642cb57dc672ccaec490cdfa6a346d5',
  'gradient boosting of numbers, strict': '46d30ba853457a403cf05bfec8c1226f0925580bd494e05d818d13943d14ad18',
  'gradient boosting of classes, fused': 'f0efbd3802f3080baef76fa9813a495391e1b4c4bcee34e573632f253bb3677c',
  'gradient boosting of numbers, fused': '0267110a97d4c1d994ad7213605cc760ec927e72e8588f3b4e09a1f876182e1f',
  'soft boosting of classes, strict': '0ae54dd1735a3b8358d01c7f19f8f8ed8528f0f8c9ed5ed5139ac5648163cc48',
  'soft boosting of numbers, strict': 'ef5dd3f5445cd611176bf6c5083dbc621770296ca0a3edf307b815c74ffab350',
  'soft boosting of classes, fused': 'bd4d31fbaab94bcd7d3bf18cddae3b04b5ac5cc5fc898e332c85e09613dd4ebc',
  'soft boosting of numbers, fused': '060e8ef16fffd2df621712ab9117b0ac3e3d9917480449cc44fbe8a8eef1c042',
};
