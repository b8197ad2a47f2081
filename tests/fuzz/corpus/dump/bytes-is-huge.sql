-- omsctl text {"bytes":18446744073709551615}
x
