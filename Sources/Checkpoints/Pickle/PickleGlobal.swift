/// The classes and functions that a checkpoint may name. Nothing of them is executed: each stands for a rule of how its
/// arguments become a value. Everything else is refused by name.
enum PickleGlobal {
    /// A dictionary, whatever its class: `OrderedDict`, `defaultdict`, `Counter`, `argparse.Namespace`, `dict`.
    case dictionary
    case list
    case tuple
    /// `torch.Size`: a tuple.
    case size
    case bytes
    /// `_codecs.encode`, by which protocol 2 writes bytes: Latin-1 text.
    case encode
    /// `torch.device`, kept as its name.
    case device
    /// A name that is kept as a text: element types, classes of tensors.
    case name(String)
    /// A class of storages; nil where it has no element type.
    case storage(ElementType?)
    case rebuildTensor
    /// torch 2's, for element types without a class of storages.
    case rebuildTensorV3
    case rebuildParameter
    case rebuildFromType
    case numpyReconstruct
    case numpyArray
    case numpyDType
    case numpyScalar
    case numpyFromBuffer

    init?(module: String, name: String) {
        let isTorch = module == "torch" || module.hasPrefix("torch.")
        if isTorch, name.hasSuffix("Storage") {
            guard ["torch", "torch.cuda", "torch.storage"].contains(module) else { return nil }
            if name == "UntypedStorage" || name == "TypedStorage" || name == "_UntypedStorage"
                || name == "_TypedStorage"
            {
                self = .storage(nil)
                return
            }
            guard let type = ElementType(torchStorageName: name) else { return nil }
            self = .storage(type)
            return
        }
        if module == "torch", Self.torchTypes.contains(name) {
            self = .name("torch." + name)
            return
        }
        guard let found = Self.allowed[module + " " + name] else { return nil }
        self = found
    }

    /// The element types of torch; those that no storage here has are kept as texts all the same.
    private static let torchTypes: Set<String> = Set(ElementType.allCases.map(\.rawValue)).union([
        "float", "double", "half", "int", "long", "short", "complex32", "cfloat", "cdouble", "qint8", "quint8",
        "qint32", "float8_e4m3fnuz", "float8_e5m2fnuz", "strided", "sparse_coo", "contiguous_format", "preserve_format",
        "channels_last",
    ])

    private static let allowed: [String: PickleGlobal] = {
        var table: [String: PickleGlobal] = [
            "collections OrderedDict": .dictionary, "collections defaultdict": .dictionary,
            "collections Counter": .dictionary, "argparse Namespace": .dictionary, "_codecs encode": .encode,
            "torch Size": .size, "torch device": .device, "torch Tensor": .name("torch.Tensor"),
            "torch.nn.parameter Parameter": .name("torch.nn.Parameter"),
            "torch.nn.parameter Buffer": .name("torch.nn.Buffer"),
            "torch._utils _rebuild_tensor": .rebuildTensor, "torch._utils _rebuild_tensor_v2": .rebuildTensor,
            "torch._utils _rebuild_tensor_v3": .rebuildTensorV3,
            "torch._utils _rebuild_parameter": .rebuildParameter,
            "torch._tensor _rebuild_from_type_v2": .rebuildFromType,
            "numpy ndarray": .numpyArray, "numpy dtype": .numpyDType,
        ]
        for module in ["numpy.core", "numpy._core"] {
            table["\(module).multiarray _reconstruct"] = .numpyReconstruct
            table["\(module).multiarray scalar"] = .numpyScalar
            table["\(module).numeric _frombuffer"] = .numpyFromBuffer
        }
        for module in ["builtins", "__builtin__"] {
            table["\(module) dict"] = .dictionary
            table["\(module) list"] = .list
            table["\(module) tuple"] = .tuple
            table["\(module) bytes"] = .bytes
            table["\(module) bytearray"] = .bytes
            for name in ["int", "float", "bool", "str"] { table["\(module) \(name)"] = .name(name) }
        }
        return table
    }()
}
