-- omsctl rows {"columns":[{"charset":"","encoding":0,"generated":false,"name":"a","type":"int(11)"}],"database":"oms_cm","table":"t","where":"1"}
INSERT INTO `t` (`a`) VALUES
(1),
(b'01'),
('2026-01-01');
-- omsctl rows end {"rows":"3"}
-- omsctl end
