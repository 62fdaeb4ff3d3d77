# Writes numpy-files.ts: python3 numpy-files.py > numpy-files.ts
import numpy as np, io, base64, sys
out = {}
def npy(name, a, **kw):
    f = io.BytesIO(); np.lib.format.write_array(f, a, **kw); out[name] = f.getvalue()
x = np.arange(12).reshape(3,4)
for code in ['<f8','>f8','<f4','>f4','<f2','>f2','|i1','|u1','<i2','>i2','<u2','<i4','>i4','<u4','<i8','>i8','<u8','>u8']:
    v = x.astype(code)
    npy(code, v)
f = np.array([[0.1, -2.5, np.nan],[1e300 , 5e-324, np.inf]])
npy('fortran', np.asfortranarray(x.astype('<f8')))
npy('fractions', f)
npy('halves', np.array([0.1, 65504, 6e-8, -0.0, np.inf, np.nan, 1.5], dtype='<f2'))
npy('cube', np.arange(2*3*2*2, dtype='|u1').reshape(2,3,2,2))
npy('last', np.arange(2*2*3*3, dtype='|u1').reshape(2,2,3,3)[:,:,:, :].reshape(2,2,3,3))
npy('cubeFortran', np.asfortranarray(np.arange(24, dtype='<i2').reshape(2,3,4)))
npy('bools', np.array([True, False, True]))
npy('boolGrid', np.array([[True, False],[False, True]]))
npy('bytes', np.array([b'ab', b'c', b'\xc3\xa9'], dtype='|S4'))
npy('letters', np.array(['ab', '\u00e9\U0001f600', ''], dtype='<U3'))
npy('lettersBig', np.array(['ab', '\u00e9\U0001f600', ''], dtype='>U3'))
npy('letterGrid', np.array([['a','b'],['c','d'],['e','f']], order='F'))
npy('records', np.array([(1.5, 7, b'x', True),(2.5, -7, b'yz', False)], dtype=[('size','<f8'),('n','<i2'),('kind','S3'),('good','?')]))
npy('aligned', np.array([(1, 1.5),(2, 2.5)], dtype=np.dtype([('n','<i2'),('size','<f8')], align=True)))
npy('version2', x.astype('<i4'), version=(2,0))
npy('version3', np.array([(1,)], dtype=[('größe','<i4')]), version=(3,0))
npy('big', np.array([2**53+1, -2**63, 2**63-1], dtype='<i8'))
npy('complex', np.array([1j]))
npy('objects', np.array([None, 1], dtype=object), allow_pickle=True)
npy('dates', np.array(['2024-01-31'], dtype='datetime64[D]'))
npy('scalar', np.array(5.0))
npy('empty', np.zeros((0,3)))
npy('nested', np.array([((1,2),)], dtype=[('p', [('a','<i4'),('b','<i4')])]))
npy('sub', np.array([((1,2),)], dtype=[('p','<i4',(2,))]))
def npz(name, save, **arrays):
    f = io.BytesIO(); save(f, **arrays); out[name] = f.getvalue()
npz('npzPlain', np.savez, x=x.astype('<f4'), y=np.array([0,1,0]))
npz('npzPacked', np.savez_compressed, X=np.arange(60,dtype='|u1').reshape(3,4,5), labels=np.array(['a','b','a']), extra=np.zeros(7))
npz('npzColumns', np.savez_compressed, age=np.array([30,40,50]), place=np.array([[1.,2.],[3,4],[5,6]]), kind=np.array(['p','q','p']))
npz('npzStrange', np.savez_compressed, a=np.zeros((3,2)), b=np.zeros(4))
npz('npzKeras', np.savez_compressed, x_train=np.arange(32,dtype='|u1').reshape(2,4,4), y_train=np.array([1,0],dtype='|u1'), x_test=np.zeros((1,4,4),'|u1'), y_test=np.array([1],'|u1'))
w = sys.stdout.write
w("// Files that NumPy 2.4.6 wrote, packed by zlib. Written by numpy-files.py.\n\n")
w("import { inflateSync } from 'node:zlib';\n\nconst PACKED = {\n")
import zlib
for k, v in out.items():
    w(f"  {k!r}: '{base64.b64encode(zlib.compress(v,9)).decode()}',\n")
w("} as const;\n\nexport type NumpyFile = keyof typeof PACKED;\n\n/** The bytes of a file. */\nexport function numpyFile(name: NumpyFile): Buffer {\n  return inflateSync(Buffer.from(PACKED[name], 'base64'));\n}\n")
