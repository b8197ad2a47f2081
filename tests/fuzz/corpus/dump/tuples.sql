-- omsctl rows {"columns":[{"charset":"","encoding":0,"generated":false,"name":"a","type":"int(11)"}],"database":"d","table":"t","where":"1"}
INSERT INTO `t` (`a`) VALUES
(),
(*/,
(1) /*/,
(1) /**/;
-- omsctl rows end {"rows":4}
-- omsctl end
